import type { RunEvent } from "../kernel/event.js";
import type { Trace, UnitTrace } from "./trace.js";
import { carry } from "./trace-cells.js";

type UnitEvent = Extract<
  RunEvent,
  { readonly type: "unit.updated" | "activation.skipped" | "activation.failed" | "activation.reused" }
>;

/** Units and outputs are set, skipped, refused and taken over like steps, at no cost. True: the event was about one. */
export function applyToUnit(trace: Trace, event: UnitEvent): boolean {
  const run = trace.runs[event.run];
  const node = run?.plan.nodes[event.node];
  if (run === undefined || node === undefined || node.kind === "step") return false;
  const before = run.units[event.node];
  const after = unitAfter(event, before);
  run.units[event.node] = trace.restorable && before !== undefined ? { ...after, before } : after;
  if (event.type !== "activation.failed") carry(trace, event, "links" in event ? event.links : [], event.at);
  else if (event.handling === "continue") carry(trace, event, [], event.at);
  return true;
}

function unitAfter(event: UnitEvent, before: UnitTrace | undefined): UnitTrace {
  const { at, n, seq } = event;
  switch (event.type) {
    case "unit.updated":
      if (event.failure !== undefined) return { at, n, seq, failure: event.failure, stopped: true };
      return { at, n, seq, ...(event.value === undefined ? {} : { value: event.value }) };
    case "activation.skipped":
      return { at, n, seq, skipped: { port: event.port, reason: event.reason } };
    case "activation.failed":
      return {
        ...before,
        at,
        n,
        seq,
        failure: event.failure,
        stopped: event.handling !== "continue",
        reason: event.reason,
      };
    case "activation.reused": {
      const value = event.out["value"];
      return { at, n, seq, reusedFrom: event.from, ...(value === undefined ? {} : { value }) };
    }
  }
}
