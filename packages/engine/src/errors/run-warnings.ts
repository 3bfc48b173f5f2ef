import type { DiagnosticEntry } from "./diagnostics.js";

/** Warnings of runs: what the summary names without anything having failed. */
export const runWarningCodes = {
  W_STEP: {
    title: "What a step warned of",
    meaning:
      "A step did its work and says that something about it is to be known: a source that did not answer, a part that was left out, another thing used instead. The run goes on with what the step gave. The same text of a step is named once.",
    mend: "The text says what it was. `nanobrain logs RUN --step STEP` shows it between the other lines of the step.",
  },
  W_EXECUTOR: {
    title: "Another executor stands in",
    meaning:
      "The document asks for an executor that this version does not have yet. The steps ran in processes of this machine instead; their results are the same.",
    mend: "Nothing, or name the executor that runs them anyway: `executor: process`.",
  },
  W_OUTPUT_ABSENT: {
    title: "Output without a value",
    meaning:
      "The run completed and an output of the workflow has no value: none of the links into it carried one, because a gate was closed, a step was skipped or failed and was passed over, or a result had no such port. The output is left out. Outputs that no document declares (`step.port`) are named only when their step succeeded.",
    mend: "Ask `nanobrain why RUN OUTPUT` which link it was. Give the output a default, or link another source with `merge: first`.",
  },
  W_NOTHING_CAME: {
    title: "Nothing came for a port",
    meaning:
      "The event-driven run had nothing left to do, and a step or unit still waited for a value that nothing would bring any more: no step before it ever sent one, or it sent fewer than came over the links beside it. The links named carried an absence, so that what had come was not held back for ever.",
    mend: "Ask `nanobrain why RUN STEP` what it waited for. Set `hold: true` on a port that is to keep its last value, or make the port optional.",
  },
  W_QUEUE_GROWN: {
    title: "Full queue had to grow",
    meaning:
      "Every step that was under way waited for room in a full queue, and nothing was left that could have taken an item out of it. The first full queue in the document was made larger, as the run would have stood still otherwise.",
    mend: "Raise `capacity` of the queue, or let what takes from it depend on nothing that the producer gives only at its end.",
  },
  W_UNDO: {
    title: "Undoing failed",
    meaning:
      "A rollback ran the `on_rollback` component of a step, and it failed. The rollback went on without it, so what the step did outside may still be there.",
    mend: "Remove by hand what the step left behind, and let the component succeed where there is nothing to undo.",
  },
  W_HOOK: {
    title: "Component of a hook failed",
    meaning:
      "A component of `on_success`, `on_failure` or `on_pause` failed. It follows what became of the run and changes nothing about it.",
    mend: "See `nanobrain logs RUN` for what it printed, and mend the component.",
  },
} as const satisfies Record<string, DiagnosticEntry>;
