import { executorConformance } from "../../../testing/executor-conformance.js";
import { createThreadExecutor } from "./thread-executor.js";

executorConformance("thread", ({ blobs, codeSpec }) => createThreadExecutor({ blobs, code: codeSpec, lanes: 2 }), {
  ends: true,
  isolates: true,
});
