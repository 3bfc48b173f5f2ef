import type { JsonSchema } from "../contracts/json.js";
import { fault, type Scope, warn } from "./compilation.js";
import { type Draft, type NodeDraft, newPort, type PortDraft } from "./draft.js";
import type { PlanTarget } from "./plan.js";
import { portTypeProblem } from "./port-type.js";
import type { Aim, TriggerDraft } from "./trigger-wiring.js";

type Found = Pick<TriggerDraft, "trigger" | "kind" | "watch" | "payloadSchema"> & {
  /** A trigger that it is made of has a payload. */
  readonly memberPayloads: boolean;
};

/** Something that a firing brings: a watched value by position, or the payload (-1). */
type Brought = { readonly watch: number; readonly name: string; readonly schema?: JsonSchema };

/**
 * Which ports of a fired step get what the firing brings. The port that the document names; else the port of the value's
 * name; else the one port that the class marks; for a payload else the only required input that nothing feeds; a
 * component with open ports gets a port of the value's name. A value that fits nowhere goes nowhere.
 */
export function feedTarget(scope: Scope, draft: Draft, found: Found, aim: Aim): PlanTarget["feeds"] {
  const node = draft.nodes[aim.node];
  if (node === undefined) return [];
  const brought = broughtBy(draft, found);
  if (brought.length === 0 && aim.port !== undefined) reportNothing(scope, found, aim);
  const feeds = brought.flatMap((value) => {
    const port = portFor(draft, found, node, aim, value, brought.length);
    if (port === undefined) {
      if (value.watch === -1) reportLost(scope, found, node, aim);
      return [];
    }
    checkPort(scope, found, node, aim, value, port);
    return [{ watch: value.watch, port: port.name }];
  });
  const twice = feeds.find(({ port }, at) => feeds.findIndex((other) => other.port === port) < at);
  if (twice !== undefined) reportTwice(scope, found, node, aim, twice.port);
  return feeds;
}

/** A port takes one value of a firing. */
function reportTwice(scope: Scope, { trigger }: Found, node: NodeDraft, aim: Aim, port: string): void {
  const message = `Trigger ${trigger.entry.name} gives ${node.name}.${port} several values that it watches: the last in its list that has one counts`;
  warn(scope, "W_CONFLICT", aim.at, message, { hint: "give each a port of its name, or make a trigger for each" });
}

/** Timers and conditions bring nothing: they only say that it is time. Triggers made of others bring what those bring. */
function broughtBy(draft: Draft, { trigger, kind, watch, payloadSchema, memberPayloads }: Found): readonly Brought[] {
  const { name } = trigger.entry;
  if (kind === "any" && memberPayloads) return [{ watch: -1, name }];
  if (kind === "all" && memberPayloads) return [{ watch: -1, name, schema: { type: "array" } }];
  if (kind === "folder") return [{ watch: -1, name, schema: { type: "string" } }];
  if (kind === "manual")
    return [{ watch: -1, name, ...(payloadSchema === undefined ? {} : { schema: payloadSchema }) }];
  return watch.flatMap(({ node, port }, position) => {
    const source = draft.nodes[node];
    if (source === undefined) return [];
    const schema = source.outs.get(port)?.carried;
    const own = source.kind === "step" ? port : source.name;
    return [{ watch: position, name: own, ...(schema === undefined ? {} : { schema }) }];
  });
}

function portFor(
  draft: Draft,
  { watch }: Found,
  node: NodeDraft,
  { port: named }: Aim,
  value: Brought,
  count: number,
): PortDraft | undefined {
  const own = node.ports.get(value.name);
  const free = own?.constant === true ? undefined : own;
  if (named !== undefined) return count > 1 && free !== undefined ? free : node.ports.get(named);
  if (free !== undefined) return free;
  const marked = [...node.ports.values()].filter((port) => port.trigger);
  if (marked.length === 1) return marked[0];
  const unfed = [...node.ports.values()].filter(isUnfed);
  if (value.watch === -1 && unfed.length === 1) return unfed[0];
  if (!node.known || !node.openInputs || own !== undefined) return undefined;
  const source = watch[value.watch];
  return source !== undefined && isLinked(draft, node, source) ? undefined : openPort(node, value.name);
}

const isUnfed = (port: PortDraft): boolean =>
  !port.optional && !port.constant && port.default === undefined && port.links.length === 0;

/** The watched value comes in over a link anyway. */
function isLinked(draft: Draft, node: NodeDraft, source: Found["watch"][number]): boolean {
  return [...node.ports.values()].some((port) =>
    port.links.some((index) => {
      const from = draft.links[index]?.from;
      return from?.node === source.node && from.port === source.port;
    }),
  );
}

/** Optional, as another trigger may fire the step without it. */
function openPort(node: NodeDraft, name: string): PortDraft {
  const port = newPort(name, { optional: true });
  node.ports.set(name, port);
  return port;
}

function checkPort(scope: Scope, found: Found, node: NodeDraft, aim: Aim, value: Brought, port: PortDraft): void {
  const what = value.watch === -1 ? `the payload of trigger ${found.trigger.entry.name}` : value.name;
  if (port.constant) {
    const message = `Cannot give ${what} to ${node.name}.${port.name}: inputs says a constant for it`;
    fault(scope, "E_CONFLICT", aim.at, message, { hint: "say default: there, or name another port" });
  }
  const problem = portTypeProblem(value.schema, port.schema);
  if (problem === undefined) return;
  fault(scope, "E_PORT_TYPE", aim.at, `Cannot give ${what} to ${node.name}.${port.name}: ${problem}`);
}

function reportNothing(scope: Scope, { trigger, kind }: Found, aim: Aim): void {
  const message = `Trigger ${trigger.entry.name} brings no value, so port ${aim.port} gets none: ${kind} triggers have no payload`;
  warn(scope, "W_CONFLICT", aim.at, message, { hint: "name the step alone" });
}

/** A person may fire with nothing, so a payload that nobody described may be left out. */
function reportLost(scope: Scope, { trigger, kind, payloadSchema }: Found, node: NodeDraft, aim: Aim): void {
  if (!node.known || (kind !== "folder" && payloadSchema === undefined)) return;
  const { name } = trigger.entry;
  const message = `The payload of trigger ${name} goes nowhere: step ${node.name} has no port for it`;
  const hint = `name the port: step_targets: [${node.name}.PORT]`;
  warn(scope, "W_CONFLICT", aim.at, message, { hint });
}
