import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import {
  isPublished,
  type Json,
  type JsonObject,
  NanobrainError,
  progressText,
  type RunHandle,
} from "@nanobrain/engine";
import type { KeptFiles } from "./kept-files.js";
import type { CallPlace } from "./tool.js";

/** An answer that programs and models can read. */
export function said(value: JsonObject): CallToolResult {
  return { content: [{ type: "text", text: JSON.stringify(value, null, 2) }], structuredContent: { ...value } };
}

/** What went wrong, with its code and what to do. */
export function fault(error: unknown): CallToolResult {
  const known = error instanceof NanobrainError ? error : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const what: JsonObject = {
    code: known?.code ?? "E_INTERNAL",
    message,
    ...(known?.hint === undefined ? {} : { hint: known.hint }),
    ...(known === undefined ? {} : { details: known.details }),
  };
  return { ...said({ error: what }), isError: true };
}

/** Follows a run until it has ended or waits, and says what came of it. */
export async function followRun(handle: RunHandle, place: CallPlace, files: KeptFiles): Promise<CallToolResult> {
  const deaf = handle.listen((event) => {
    if (!isPublished(handle.plan, event)) return;
    const progress = handle.progress();
    place.progress(progress.settled, progress.total, progressText(progress));
  });
  try {
    const result = await handle.result();
    const { status, outputs, failures, warnings, duration_ms } = result;
    const about = { run: handle.name, run_id: handle.id, status, duration_ms };
    if (status === "completed") {
      const answer = said({
        ...about,
        outputs: { ...outputs },
        ...(warnings.length > 0 ? { warnings: [...warnings] } : {}),
      });
      return { ...answer, content: [...answer.content, ...(await files.blocks({ ...outputs }))] };
    }
    if (status === "waiting") return said({ ...about, asks: await questionsOf(handle), next: answerHint });
    const told = failures.map(
      ({ step, failure }): Json => ({
        step,
        code: failure.code,
        message: failure.message,
        ...(failure.hint === undefined ? {} : { hint: failure.hint }),
      }),
    );
    const next = status === "failed" ? `nanobrain resume ${handle.name}` : "";
    return { ...said({ ...about, failures: told, ...(next === "" ? {} : { next }) }), isError: true };
  } finally {
    deaf();
  }
}

const answerHint = "Ask the person, then call nanobrain_answer with the run, the step and the answer.";

/** What a run asks people, as `nanobrain_answer` takes it. */
export async function questionsOf(handle: RunHandle): Promise<readonly Json[]> {
  return (await handle.asks()).map(({ step, name, question, choices, schema }) => ({
    step: name === undefined ? step : `${step}#${name}`,
    question,
    ...(choices === undefined ? {} : { choices: [...choices] }),
    ...(schema === undefined ? {} : { schema: schema as Json }),
  }));
}
