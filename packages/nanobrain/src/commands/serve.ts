import type { Loaded, Runtime, ServeNote } from "@nanobrain/engine";
import { type Call, flag, texts } from "../call.js";
import { exitCodeOf } from "../exit-code.js";
import { gatherInputs } from "../inputs/gather-inputs.js";
import { loadDocuments } from "../load-documents.js";
import { openForDocument } from "../open-runtime.js";
import { deliverFiles } from "../outputs/deliver-files.js";
import { listenForSignals } from "../signals.js";
import { noteLine } from "../views/serve-lines.js";

/** How long running attempts may go on after the first signal. */
const drainMs = 10_000;

const farMs = 2 ** 31 - 1;

/** Drives event-driven workflows and starts runs of others, until a signal comes or nothing is left to serve. */
export async function main(call: Call): Promise<number> {
  const files = call.operands;
  const runtime = await openForDocument(call, files[0] ?? "");
  const signals = listenForSignals(() => undefined);
  const telling = new Set<Promise<void>>();
  // While all that is served waits for people, nothing else keeps the process.
  const stay = setInterval(() => undefined, farMs);
  let code = 0;
  try {
    const documents = await loadDocuments(call, runtime, files);
    if (documents === undefined) return 2;
    const server = await runtime.serve(documents, {
      inputs: await inputsOf(call, runtime, documents),
      notify: (note) => {
        if (note.result !== undefined && note.result.status !== "completed") code = exitCodeOf(note.result.status);
        const told = tell(call, runtime, documents, note).finally(() => telling.delete(told));
        telling.add(told);
      },
    });
    const signal = await Promise.race([signals.first, server.over.then(() => undefined)]);
    server.close();
    if (signal !== undefined)
      call.terminal.err.line(`${signal.signal}: running attempts may finish (${drainMs / 1000} s)`);
    return signal === undefined ? code : 0;
  } finally {
    clearInterval(stay);
    await Promise.all(telling);
    await runtime.close({ drainMs });
    signals.release();
  }
}

async function inputsOf(call: Call, runtime: Runtime, documents: readonly Loaded[]) {
  const given = texts(call, "input");
  if (given.length === 0) return {};
  const { plan } = documents[0] as Loaded;
  if (plan === undefined) return {};
  return gatherInputs(plan, runtime.blobs, { given, file: undefined, folder: call.terminal.folder });
}

/** Prints a note; files of a run that completed are put where people look for them. */
async function tell(call: Call, runtime: Runtime, documents: readonly Loaded[], note: ServeNote): Promise<void> {
  const { out, err } = call.terminal;
  const { result, ...rest } = note;
  if (flag(call, "jsonl")) out.line(JSON.stringify(rest));
  else err.line(noteLine(note, err.look));
  const loaded = documents.find(({ plan }) => plan?.name === note.workflow);
  if (result?.status !== "completed" || loaded?.plan === undefined) return;
  const { plan, project } = loaded;
  const delivery = {
    plan,
    outputs: result.outputs,
    blobs: runtime.blobs,
    project,
    runName: result.name,
    out: undefined,
  };
  await deliverFiles(delivery).catch((error: unknown) => err.line(String(error)));
}
