import { Writable } from "node:stream";
import type { Call } from "../call.js";
import { loadDocuments } from "../load-documents.js";
import { openForDocument } from "../open-runtime.js";
import { listenForSignals } from "../signals.js";

/** How long running attempts may go on once the client is gone. */
const drainMs = 10_000;

/** Serves workflows, and a look at runs, as MCP tools over standard input and output. */
export async function main(call: Call): Promise<number> {
  const wire = takeStdout();
  const runtime = await openForDocument(call, call.operands[0] ?? "workflow.yml");
  const signals = listenForSignals(() => undefined);
  try {
    const documents = await loadDocuments(call, runtime, call.operands);
    if (documents === undefined) return 2;
    const { serveMcp } = await import("@nanobrain/library");
    const { version } = call.terminal;
    const served = serveMcp({ runtime, documents, version, input: process.stdin, output: wire });
    await Promise.race([served, signals.first]);
    return 0;
  } finally {
    process.stdin.destroy();
    await runtime.close({ drainMs });
    signals.release();
  }
}

/** The way to the client. Whatever else this process prints, such as code of users, goes to standard error. */
function takeStdout(): Writable {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  return new Writable({
    decodeStrings: false,
    write: (chunk: string | Uint8Array, _encoding, done) => void write(chunk, (error) => done(error)),
  });
}
