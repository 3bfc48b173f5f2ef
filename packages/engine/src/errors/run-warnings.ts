import type { DiagnosticEntry } from "./diagnostics.js";

/** Warnings of runs: what the summary names without anything having failed. */
export const runWarningCodes = {
  W_OUTPUT_ABSENT: {
    title: "Output without a value",
    meaning:
      "The run completed and an output of the workflow has no value: none of the links into it carried one, because a gate was closed, a step was skipped or failed and was passed over, or a result had no such port. The output is left out. Outputs that no document declares (`step.port`) are named only when their step succeeded.",
    mend: "Ask `nanobrain why RUN OUTPUT` which link it was. Give the output a default, or link another source with `merge: first`.",
  },
} as const satisfies Record<string, DiagnosticEntry>;
