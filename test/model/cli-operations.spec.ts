/** Real: the document of the API, and the command line's way to its operations. */
import { openApiDocument } from '#contracts';
import { standardKinds } from '#kinds';
import { operationAt } from '../../apps/cli/src/index.js';

it('reaches every operation of the API document', () => {
  const { paths } = openApiDocument('test', standardKinds().wires) as { paths: Record<string, Record<string, { operationId: string }>> };
  const missed = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId }]) =>
      operationAt(method, path.replaceAll(/\{\w+\}/g, '1')).id === operationId ? [] : [operationId],
    ),
  );
  expect(missed).toEqual([]);
});
