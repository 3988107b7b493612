import { openApiDocument, operationIds, PROBLEMS } from './index.js';

const text = JSON.stringify(openApiDocument('0.0.0'));

it('should describe every operation', () => {
  for (const id of operationIds) expect(text).toContain(`"operationId":"${id}"`);
});

it('should point only at components that are there', () => {
  const document = openApiDocument('0.0.0') as { components: { schemas: Record<string, unknown> } };
  const targets = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target);
  expect(targets.length).toBeGreaterThan(20);
  for (const target of targets) expect(Object.keys(document.components.schemas)).toContain(target.replace('#/components/schemas/', ''));
});

it('should give every problem a remedy that says what to do', () => {
  for (const { remedy } of Object.values(PROBLEMS)) expect(remedy).toMatch(/^[A-Z].*\.$/);
});
