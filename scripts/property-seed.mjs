/**
 * Gives fast-check one seed, so that a test run says the same thing every time and a failure is one of the change.
 * `NANOBRAIN_SEED=any` explores instead: every property begins somewhere else, and prints its seed when it fails.
 */
const { NANOBRAIN_SEED: said } = process.env;

// fast-check's `configureGlobal` writes here too; loading it costs every test file 100 ms, and few use it.
if (said !== "any") globalThis[Symbol.for("fast-check/GlobalParameters")] = { seed: Number(said ?? 20_261_123) };
