import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRuntime } from "@nanobrain/engine";
import { checkJournal } from "../../packages/engine/src/testing/simulator/journal-rules.js";
import { type Child, inFolder, runChild, startChild } from "./children.js";

/** The command line as people run it, ended by signals at events of its journal. */
const commandLine = "../../packages/nanobrain/dist/bin.js";

const document = (folder: string) => `name: signalled
output_data_units: { end: { class: DataUnitMemory } }
steps:
  a: { class: CommandStep, config: { command: [sh, -c, "echo a >> ${folder}/witness; sleep 0.1; echo a"] } }
  rest: { class: WaitStep, config: { for: 0.1 }, depends_on: [a] }
  b: { class: TransformStep, config: { expression: "$trim(text)" }, inputs: { text: { from: a.stdout } } }
  c: { class: CommandStep, depends_on: [rest], config: { command: [sh, -c, "echo c >> ${folder}/witness; sleep 0.1"] } }
links: { end: { class: DirectLink, config: { source: b.output, target: end } } }
`;

type Event = { readonly seq: number };

export type Signalled = { readonly faults: readonly string[]; readonly events: number; readonly wasHit: boolean };

/** How `run` ends after each signal. Who hangs up (unless started by nohup) ends it at once, as a kill does: nothing is lost. */
export const exits = { SIGTERM: 143, SIGINT: 130, SIGHUP: "SIGHUP" } as const;

/** A run that gets a signal when it says its event N, and is gone on with. */
export function signalled(signal: keyof typeof exits, at: number): Promise<Signalled> {
  return inFolder(async (folder) => {
    writeFileSync(join(folder, "run.yml"), document(folder));
    const args = ["run", "run.yml", "--jsonl", "--run-id", "rig"];
    const child = startChild<Event>(commandLine, args, { cwd: folder, boundMs: 120_000 });
    const wasHit = await hit(child, signal, at);
    const { end, errors } = await child.ended;
    const faults = end === 0 || (wasHit && end === exits[signal]) ? [] : [`exit ${end}: ${errors}`];
    if (end !== 0) {
      const again = await runChild(commandLine, ["resume", "rig", "--jsonl"], { cwd: folder, boundMs: 120_000 });
      // A signal that came after the last event found nothing to interrupt.
      if (again.end !== 0 && !again.errors.includes("it is completed"))
        faults.push(`resume ended with ${again.end}: ${again.errors}`);
    }
    const { events, found } = await judged(folder, signal);
    return { faults: [...faults, ...found], events, wasHit };
  });
}

async function hit(child: Child<Event>, signal: NodeJS.Signals, at: number): Promise<boolean> {
  const isThere = await child
    .until(({ seq }) => seq === at)
    .then(
      () => true,
      () => false,
    );
  return isThere && child.process.kill(signal);
}

async function judged(folder: string, signal: string) {
  const runtime = await createRuntime({ store: join(folder, ".nanobrain") });
  try {
    const { plan, events, summary } = await runtime.look("rig");
    const { faults } = checkJournal(plan, events);
    const failed = events.filter(({ type }) => type === "attempt.failed").length;
    const crashed = events.filter((event) => event.type === "attempt.lost" && event.cause === "crash").length;
    const witness = join(folder, "witness");
    const done = new Set(existsSync(witness) ? readFileSync(witness, "utf8").trim().split("\n") : []);
    const found = [
      ...faults,
      ...(summary.status === "completed" ? [] : [`the run is ${summary.status}`]),
      ...(failed === 0 && (crashed === 0 || signal === "SIGHUP")
        ? []
        : [`${failed} retries used up, ${crashed} taken for crashes by ${signal}`]),
      ...(done.size === 2 ? [] : [`steps done: ${[...done].join()}`]),
    ];
    return { events: events.length, found };
  } finally {
    await runtime.close();
  }
}
