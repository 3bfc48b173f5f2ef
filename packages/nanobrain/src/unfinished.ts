import type { Runtime } from "@nanobrain/engine";
import type { Call } from "./call.js";
import { storeSuffix } from "./store-place.js";
import { wrap } from "./terminal/text-width.js";

const shown = 3;

/** Says that runs besides `own` lie in the store that nobody drives: `run` does not take them over by itself. */
export async function sayUnfinished(call: Call, runtime: Runtime, own: string): Promise<void> {
  const unfinished = await runtime.store.runs({ unfinished: true, limit: 50 });
  const names: string[] = [];
  for (const run of unfinished)
    if (run.id !== own && (await runtime.store.holder(run.id)) === undefined) names.push(run.name);
  const [first] = names;
  if (first === undefined) return;
  const list = names.slice(0, shown).join(", ") + (names.length > shown ? ` and ${names.length - shown} more` : "");
  const count = names.length === 1 ? "another run is" : `${names.length} other runs are`;
  const text = `${count} unfinished: ${list} (nanobrain resume ${first}${storeSuffix(call, runtime.store.place)})`;
  const channel = call.terminal.err;
  for (const line of wrap(text, channel.look.width)) channel.line(channel.look.paint.dim(line));
}
