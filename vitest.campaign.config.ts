import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.js";

/** Long campaigns of the rigs, apart from the tests: `npm run trust`. They need a build. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  defineConfig({ test: { include: ["test/campaign/**/*.campaign.ts"], testTimeout: 36_000_000 } }),
);
