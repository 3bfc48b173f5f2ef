import { resolve } from "node:path";
import { nanobrainError } from "@nanobrain/engine";
import type { ChatWorkflow, MessagePolicy } from "@nanobrain/library";
import { type Call, flag, operand, text, texts } from "../call.js";
import { talk } from "../chat/talk.js";
import { gatherInputs } from "../inputs/gather-inputs.js";
import { loadOptions } from "../load-options.js";
import { openForDocument } from "../open-runtime.js";
import { printDiagnostics } from "../print-diagnostics.js";

const policies: readonly MessagePolicy[] = ["enqueue", "reject", "interrupt", "rollback"];

/** Talks to a chat workflow: line by line at a terminal, a message a line from elsewhere. */
export async function main(call: Call): Promise<number> {
  const file = operand(call, 0);
  const policy = policyOf(text(call, "policy"));
  const runtime = await openForDocument(call, file);
  try {
    const path = resolve(call.terminal.folder, file);
    const loaded = await runtime.load(path, loadOptions(call));
    await printDiagnostics(call, call.terminal.err, loaded.diagnostics);
    if (loaded.plan === undefined) return 2;
    const given = { given: texts(call, "input"), file: undefined, folder: call.terminal.folder };
    const { ChatWorkflow } = await import("@nanobrain/library");
    const chat: ChatWorkflow = await ChatWorkflow.fromConfig(path, {
      ...loadOptions(call),
      runtime,
      session: text(call, "session") ?? "main",
      inputs: await gatherInputs(loaded.plan, runtime.blobs, given),
      ...(policy === undefined ? {} : { policy }),
    });
    return await talk(call, chat, { message: text(call, "message"), jsonl: flag(call, "jsonl") });
  } finally {
    await runtime.close();
  }
}

function policyOf(given: string | undefined): MessagePolicy | undefined {
  if (given === undefined) return undefined;
  const found = policies.find((policy) => policy === given);
  if (found !== undefined) return found;
  throw nanobrainError("E_USAGE", {
    problem: `Cannot use --policy ${given}: it is no policy, one of ${policies.join(", ")} is expected`,
  });
}
