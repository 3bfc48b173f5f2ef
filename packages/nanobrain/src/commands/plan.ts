import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { createRuntime, nanobrainError, type Plan } from "@nanobrain/engine";
import type { PlanNotes } from "@nanobrain/engine/authoring";
import { type Call, flag, operand, text } from "../call.js";
import { loadOptions } from "../load-options.js";
import { openForChecking, withRuntime } from "../open-runtime.js";
import { printDiagnostics } from "../print-diagnostics.js";
import { storePlace } from "../store-place.js";

const formats = ["text", "json", "mermaid", "dot", "svg"] as const;

/** Shows what would run, in what order and groups, and why; nothing is imported, fetched or written. */
export async function main(call: Call): Promise<number> {
  const format = flag(call, "json") ? "json" : (text(call, "format") ?? "text");
  if (!formats.some((one) => one === format)) {
    throw nanobrainError("E_USAGE", {
      problem: `Cannot use --format ${format}: one of ${formats.join(", ")} is expected`,
    });
  }
  const file = operand(call, 0);
  const loaded = await withRuntime(openForChecking(call, file), (runtime) =>
    runtime.load(resolve(call.terminal.folder, file), { ...loadOptions(call), compiled: false }),
  );
  await printDiagnostics(call, call.terminal.err, loaded.diagnostics);
  if (loaded.plan === undefined) return 2;
  const drawn = await draw(call, loaded.plan, format);
  call.terminal.out.write(drawn.endsWith("\n") ? drawn : `${drawn}\n`);
  return 0;
}

async function draw(call: Call, plan: Plan, format: string): Promise<string> {
  const { planDot, planJson, planMermaid, planSvg, planText } = await import("@nanobrain/engine/authoring");
  switch (format) {
    case "mermaid":
      return planMermaid(plan);
    case "dot":
      return planDot(plan);
    case "svg":
      return planSvg(plan);
    case "json":
      return JSON.stringify(planJson(plan, await notesOf(call, plan)));
    default:
      return planText(plan, await notesOf(call, plan), { width: call.terminal.out.look.width });
  }
}

/** Compared with the newest run of the same workflow, where there is a store. */
async function notesOf(call: Call, plan: Plan): Promise<PlanNotes> {
  const { planNotes } = await import("@nanobrain/engine/observe");
  const store = storePlace(call, operand(call, 0));
  if (store === undefined || !existsSync(store)) return planNotes(plan, undefined);
  return withRuntime(createRuntime({ store }), async (runtime) => {
    const newest = await runtime.store.runs({ workflow: plan.name, limit: 20 });
    const run = newest.find((one) => one.status === "completed") ?? newest[0];
    if (run === undefined) return planNotes(plan, undefined);
    const looked = await runtime.look(run.id);
    return planNotes(plan, { name: run.name, plan: looked.plan, events: looked.events });
  });
}
