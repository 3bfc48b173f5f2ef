import type { ExpressPlan, ExpressStep, ExpressUnit } from "./express-plan.js";

/** What of a node's events is the same in every run in which it gave the value of its only port, as text. */
export type NodeText = {
  /** Behind the time of the event that starts its attempt. */
  readonly started: string;
  /** Behind the time of its end; behind an attempt's number, where it is a step's. */
  readonly ended: string;
  /** Before the value of its only port, and behind it. */
  readonly before: string;
  readonly after: string;
  /** Of its inputs, all that is no value, in bytes; below 0: they must be measured. */
  readonly inputBytes: number;
  /** Of its outputs, the same. */
  readonly outputBytes: number;
};

const known = new WeakMap<ExpressPlan, readonly NodeText[]>();

export function nodeTexts(plan: ExpressPlan, bytesOf: (text: string) => number): readonly NodeText[] {
  const made = known.get(plan) ?? plan.nodes.map((node) => nodeText(plan, node, bytesOf));
  known.set(plan, made);
  return made;
}

function nodeText(plan: ExpressPlan, planned: ExpressStep | ExpressUnit, bytesOf: (text: string) => number): NodeText {
  const { node } = planned;
  const place = `"run":0,"node":${node},"n":1`;
  const links = `[${(plan.workflow.nodes[node]?.outLinks ?? []).map(() => 1).join(",")}]`;
  if (!("direct" in planned)) {
    const before = `,"type":"unit.updated",${place},"links":${links},"value":{"json":`;
    return { started: "", ended: "", before, after: "}", inputBytes: -1, outputBytes: 0 };
  }
  const port = JSON.stringify(planned.only?.name ?? "");
  return {
    started: `,"type":"attempt.started",${place},"c":0,"attempt":1,"fallback":false}`,
    ended: `,"type":"attempt.succeeded",${place},"c":0,"id":`,
    before: `,"out":{${port}:{"json":`,
    after: `}},"links":${links},"usage":{"durationMs":`,
    inputBytes: inputBytes(planned, bytesOf),
    outputBytes: 3 + bytesOf(port),
  };
}

/** Each port has one source, which never gives nothing; braces, names, colons and commas. */
function inputBytes({ inputs }: ExpressStep, bytesOf: (text: string) => number): number {
  let sum = 1 + Math.max(1, inputs.length);
  for (const { name, feed } of inputs) {
    if (feed.isList || feed.end !== feed.start + 1) return -1;
    sum += bytesOf(JSON.stringify(name)) + 1;
  }
  return sum;
}

/** The text of a value, as `JSON.stringify` gives it. */
export function valueText(value: unknown): string {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : JSON.stringify(value);
}
