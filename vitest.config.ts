import { defineConfig } from "vitest/config";

/** Packages import each other's sources, not their built output. Lanes and programs are started from `dist`. */
const conditions = ["nanobrain-source", "module", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 10_000,
    restoreMocks: true,
    unstubEnvs: true,
    reporters: ["default", "./scripts/tally-reporter.mjs"],
  },
});
