import { executorConformance } from "../../../testing/executor-conformance.js";
import { createLocalExecutor } from "./local-executor.js";

executorConformance("local", ({ blobs, code }) => createLocalExecutor({ blobs, code, graceMs: 50 }), {
  ends: false,
  isolates: false,
});
