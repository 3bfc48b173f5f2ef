import { defineConfig } from "vitest/config";

/** Packages import each other's sources, not their built output. */
const conditions = ["nanobrain-source", "module", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // Built files are run as they are: lanes, programs and hooks start from them.
    server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
    include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    setupFiles: ["./scripts/property-seed.mjs"],
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
