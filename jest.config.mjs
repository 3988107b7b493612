/** One project per tier; ESM through swc. Run by `npm test` (see scripts/test.mjs). */
const base = {
  runtime: '<rootDir>/test/support/jest/runtime.mjs',
  testEnvironment: '<rootDir>/test/support/jest/environment.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  moduleNameMapper: { '^#(\\w+)$': '<rootDir>/libs/$1/src/index.ts', '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};
/** Projects that need a Postgres: one server for the run. */
const withPostgres = {
  globalSetup: '<rootDir>/test/support/postgres-setup.mjs',
  globalTeardown: '<rootDir>/test/support/postgres-teardown.mjs',
};
const project = (displayName, testMatch, extra = {}) => ({
  ...base,
  displayName,
  testMatch: testMatch.map((glob) => `<rootDir>/${glob}`),
  ...extra,
});

export default {
  testTimeout: 30_000, // of the whole run: Jest reads it here only
  projects: [
    project('unit', [
      'libs/**/*.spec.ts',
      'apps/**/*.spec.ts',
      'test/model/**/*.spec.ts',
      'test/simulation/**/*.spec.ts',
      'test/architecture/**/*.spec.ts',
      'test/answers/**/*.spec.ts',
    ]),
    project('integration', ['test/integration/**/*.spec.ts', 'test/contracts/**/*.spec.ts', 'test/stored/**/*.spec.ts'], withPostgres),
    project('e2e', ['test/e2e/**/*.spec.ts'], withPostgres),
    project('hostile', ['test/hostile/**/*.spec.ts'], withPostgres),
    project('machine', ['test/machine/**/*.spec.ts'], withPostgres),
    project('pages', ['test/pages/**/*.spec.ts'], withPostgres),
    // These bring servers of their own, since they kill them.
    project('chaos', ['test/chaos/**/*.spec.ts']),
  ],
};
