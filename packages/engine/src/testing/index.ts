/** The door `@nanobrain/engine/testing`: time that stands still, fakes of steps and recorded HTTP, for tests of workflows. */

export { guardedHttp } from "../adapters/http/guarded-http.js";
export { type RecordedHttp, type RecordHttpOptions, recordHttp } from "../adapters/http/record-http.js";
export { createTestRuntime, type TestRuntime, type TestRuntimeOptions } from "./kit/create-test-runtime.js";
export type { RecordedCall } from "./kit/fake-world.js";
export { type Fake, type FakeAnswer, type FakeCall, fails, fake, hangs, takes } from "./kit/fakes.js";
export { SimulatedClock } from "./simulated-clock.js";
