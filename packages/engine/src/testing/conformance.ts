/** The door `@nanobrain/engine/conformance`: what stores, blobs and executors promise, as suites of vitest for adapters of your own. */
export { type BlobsUnderTest, blobsConformance } from "./blobs-conformance.js";
export { conformanceCode, conformanceCodeSpec } from "./conformance-steps.js";
export type { ExecutorParts } from "./executor-bench.js";
export { type ExecutorPromises, executorConformance } from "./executor-conformance.js";
export { type StoreUnderTest, storeConformance } from "./store-conformance.js";
