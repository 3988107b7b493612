// Errors only: a rule that may be broken is no rule. Directions between rooms, bans and lengths are tested in test/architecture.
import jest from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';

const TESTS = ['**/*.spec.ts', 'test/**/*.ts'];

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'reports/', '.eris/', 'libs/persistence/src/prisma/generated/', 'libs/sdk/src/generated/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true } },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './tsconfig.bench.json', './apps/admin/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unsafe-unary-minus': 'off', // it takes a branded number for no number
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'max-params': ['error', { max: 6 }], // five for constructors (test/architecture); kernels are excepted below
      eqeqeq: 'error',
      'no-console': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-promise-executor-return': 'off',
      'object-shorthand': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: TESTS,
    plugins: { jest },
    rules: {
      'jest/no-disabled-tests': 'error',
      'jest/no-focused-tests': 'error',
      'jest/no-identical-title': 'error',
      'jest/no-standalone-expect': 'off',
      'jest/valid-title': [
        'error',
        { ignoreTypeOfTestName: true, mustNotMatch: { it: ['^should ', 'A title states what holds: "refuses …", not "should refuse …"'] } },
      ],
      'jest/valid-expect': 'error',
      'jest/valid-expect-in-promise': 'error',
      // Answers of a server under test are looked at as they come.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['libs/*/src/**/kernel/**/*.ts'], rules: { 'max-params': 'off' } }, // flat arrays and primitive arguments
  { files: ['apps/admin/public/*.js'], extends: [tseslint.configs.base] },
  { files: ['test/support/**'], rules: { 'jest/no-disabled-tests': 'off', 'jest/valid-title': 'off' } }, // what a machine lacks is skipped there, with its reason
  {
    files: ['**/*.mjs'],
    extends: [tseslint.configs.base],
    rules: { eqeqeq: 'error', 'no-console': 'error', 'no-unused-vars': 'error', 'prefer-const': 'error' },
  },
  { files: ['bench/**'], rules: { 'no-console': 'off' } }, // its output is its purpose
);
