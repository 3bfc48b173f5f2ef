import { conformanceCodeSpec } from "../../../testing/conformance-steps.js";
import { executorConformance } from "../../../testing/executor-conformance.js";
import { createProcessExecutor } from "./process-executor.js";

executorConformance("process", ({ blobs }) => createProcessExecutor({ blobs, code: conformanceCodeSpec(), lanes: 2 }), {
  ends: true,
  isolates: true,
});
