import tseslint from "typescript-eslint";

/** Only rules that need types, and limits on sizes. Format and everything else is Biome's. */
const typed = {
  "@typescript-eslint/no-floating-promises": "error",
  "@typescript-eslint/no-misused-promises": "error",
  "@typescript-eslint/await-thenable": "error",
  "@typescript-eslint/only-throw-error": "error",
  "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
};

const sizes = {
  "max-lines": ["error", { max: 400, skipBlankLines: false, skipComments: false }],
  "max-lines-per-function": ["error", { max: 60, skipBlankLines: false, skipComments: false, IIFEs: true }],
};

const bareErrors = {
  "no-restricted-syntax": [
    "error",
    {
      selector: "ThrowStatement > NewExpression[callee.name=/^(Error|TypeError|RangeError)$/]",
      message: "Throw nanobrainError(code, details) of errors/ instead, with a code of the catalogue.",
    },
  ],
};

const parser = {
  parser: tseslint.parser,
  parserOptions: {
    projectService: true,
    tsconfigRootDir: import.meta.dirname,
  },
};

export default tseslint.config(
  { ignores: ["**/dist/**", "**/node_modules/**", "examples/**", "bench/**", "**/fixtures/**", "vitest*.config.ts"] },
  {
    files: ["**/*.ts"],
    languageOptions: parser,
    linterOptions: { reportUnusedDisableDirectives: "error", noInlineConfig: true },
    plugins: { "@typescript-eslint": tseslint.plugin },
    rules: typed,
  },
  { files: ["packages/*/src/**/*.ts", "scripts/**/*.mjs"], ignores: ["**/*.test.ts"], rules: sizes },
  { files: ["packages/*/src/**/*.ts"], ignores: ["**/*.test.ts"], rules: bareErrors },
);
