import { openApiDocument, operationIds, PROBLEMS } from '#contracts';
import { standardKinds } from '#kinds';

const text = JSON.stringify(openApiDocument('0.0.0', standardKinds().wires));

it('describes every operation', () => {
  for (const id of operationIds) expect(text).toContain(`"operationId":"${id}"`);
});

it('points only at components that are there', () => {
  const { components } = openApiDocument('0.0.0', standardKinds().wires) as { components: Record<string, Record<string, unknown>> };
  const there = Object.entries(components).flatMap(([kind, named]) => Object.keys(named).map((name) => `#/components/${kind}/${name}`));
  const targets = [...text.matchAll(/"(?:\$ref|\w+)":"(#\/[^"]+)"/g)].map(([, target]) => target);
  expect(targets.length).toBeGreaterThan(20);
  expect(targets.filter((target) => !there.includes(target))).toEqual([]);
});

it('gives every problem a remedy that says what to do', () => {
  for (const { remedy } of Object.values(PROBLEMS)) expect(remedy).toMatch(/^[A-Z].*\.$/);
});
