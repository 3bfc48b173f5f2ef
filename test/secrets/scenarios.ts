import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { literals } from "./documents.js";
import type { Written } from "./search.js";
import { inProcesses, type Workbench } from "./workbench.js";

/** Uses the command line in one way, with secrets in it; the breaches that a search of what was written would not see. */
export type Scenario = (bench: Workbench) => Promise<readonly string[]>;

/** A document run to its end, then looked at in every way. */
const runAndLook =
  (document: string, ...options: readonly string[]): Scenario =>
  async (bench) => {
    const seen = await watched(bench.run("run", document, ...options));
    const [run] = await bench.runs();
    if (run === undefined) return [...seen, `${document} did not run`];
    await lookAt(bench, run.run_id);
    return seen;
  };

/** Everything that shows a run. */
async function lookAt(bench: Workbench, id: string): Promise<void> {
  await bench.run("show", id);
  await bench.run("show", id, "--json");
  const shown = JSON.parse(bench.answer) as { readonly steps?: readonly { readonly step?: string }[] | object };
  const steps = Object.keys(shown.steps ?? {}).slice(0, 3);
  await bench.run("logs", id, "--level", "debug");
  await bench.run("logs", id, "--level", "debug", "--jsonl");
  await bench.run("events", id);
  await bench.run("events", id, "--jsonl");
  for (const step of steps) await bench.run("why", id, step, "--json");
  await bench.run("doctor", "--json");
  await bench.run("runs");
}

/** Looks at all processes of the machine for as long as something takes. */
async function watched(running: Promise<unknown>): Promise<readonly string[]> {
  const seen = new Set<string>();
  let isOver = false;
  const done = running.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    for (const one of inProcesses()) seen.add(`among the processes: ${one}`);
    await Promise.race([done, delay(100)]);
  }
  return [...seen];
}

/** Killed in the middle of attempts, looked at, then gone on with. */
const killed: Scenario = async (bench) => {
  const child = bench.start("run", "hanging.yml", "--jsonl");
  const hangs = ["hangs-hang", "hangs-lone", "hangs-program"];
  while (!hangs.every((file) => existsSync(join(bench.folder, file)))) {
    if (child.exitCode !== null) return [`the run ended by itself with ${child.exitCode}`];
    await delay(50);
  }
  const closed = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGKILL");
  await closed;
  const [run] = await bench.runs();
  const between = bench.leaks().map((leak) => `after the kill: ${leak}`);
  writeFileSync(join(bench.folder, "go"), "");
  const code = await bench.run("resume", run?.run_id ?? "");
  await lookAt(bench, run?.run_id ?? "");
  return [...between, ...(code === 0 ? [] : [`resume ended with ${code}`])];
};

/** What one run keeps is used by others: taken over, tried again, compared, in the background. */
const forked: Scenario = async (bench) => {
  await bench.run("run", "nested.yml");
  const [first] = await bench.runs();
  await bench.run("rerun", first?.run_id ?? "", "--from", "check", "--json");
  await bench.run("run", "nested.yml", "--detach");
  const until = performance.now() + 60_000;
  let runs = await bench.runs();
  while (performance.now() < until && (runs.length < 3 || runs.some(({ status }) => status === "running"))) {
    await delay(200);
    runs = await bench.runs();
  }
  await bench.run("diff", runs[0]?.run_id ?? "", first?.run_id ?? "", "--json");
  await bench.run("data", first?.run_id ?? "", "each.told");
  await lookAt(bench, runs[0]?.run_id ?? "");
  return runs.length < 3 ? [`${runs.length} runs of 3`] : [];
};

/** A step asks a person with its secrets in the question. */
const asked: Scenario = async (bench) => {
  await bench.run("run", "asking.yml");
  const [run] = await bench.runs();
  await bench.run("show", run?.run_id ?? "", "--json");
  await bench.run("answer", run?.run_id ?? "", "ask", "-d", '"no"');
  await lookAt(bench, run?.run_id ?? "");
  return run === undefined ? ["nothing asked"] : [];
};

/** Documents with secrets written into them, and faults beside these. */
const frames: Scenario = async (bench) => {
  for (const args of [["validate"], ["validate", "--json"], ["validate", "--all"], ["plan"], ["run"]])
    await bench.run(args[0] ?? "", "broken.yml", ...args.slice(1));
  const said = bench.said.filter(({ where }: Written) => where.includes("broken.yml"));
  if (!said.some(({ bytes }) => bytes.includes("broken.yml"))) return ["no diagnostic was shown"];
  return literals.flatMap((literal) =>
    said.filter(({ bytes }) => bytes.includes(literal)).map(({ where }) => `${literal} in ${where}`),
  );
};

export const scenarios: { readonly [name: string]: Scenario } = {
  "http: echoed in bodies, keys, headers, redirects, refusals": runAndLook("http.yml", "--json"),
  "programs: environment and standard input told on both streams": runAndLook("commands.yml"),
  "steps on threads tell, throw and die": runAndLook("thread.yml", "--json"),
  "steps in processes tell, throw and die": runAndLook("process.yml", "--jsonl"),
  "a queue and its dead letters": runAndLook("queue.yml"),
  "nested workflows, maps and checks": runAndLook("nested.yml"),
  "rollback, its components and hooks": runAndLook("undone.yml"),
  "killed in the middle and gone on with": killed,
  "taken over, in the background, compared": forked,
  "a person is asked": asked,
  "lines of faulty documents": frames,
};
