/** Jest's global teardown: ends what postgres-setup.mjs has started. */
export default async function tearDown() {
  const server = globalThis.erisTestServer;
  delete globalThis.erisTestServer;
  delete process.env.ERIS_TEST_SERVER_URL;
  await server?.stop();
}
