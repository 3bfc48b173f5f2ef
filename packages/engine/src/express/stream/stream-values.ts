import type { DirectPort } from "../../contracts/direct-step.js";
import type { Json } from "../../contracts/json.js";
import type { ExpressOutput, ExpressStep } from "../express-plan.js";
import { hasStranger, type PortRules, REFUSED } from "../ports.js";
import { Several } from "../several.js";
import { Shared } from "./packed-values.js";
import { ABSENT } from "./stream-net.js";
import type { StreamNode, StreamPort } from "./stream-plan.js";

/** What the step's code is given on its ports: what came is its own, or is copied, and checked by the class's schemas. */
export function streamInputs(
  { inputs }: StreamNode,
  tokens: readonly unknown[],
  rules: PortRules,
): { readonly [port: string]: unknown } | typeof REFUSED {
  const given: { [port: string]: unknown } = {};
  for (let at = 0; at < inputs.length; at++) {
    const { name, slot, otherwise, port } = inputs[at] as StreamNode["inputs"][number];
    const token = slot < 0 ? ABSENT : tokens[slot];
    const own = token === ABSENT ? ownPreset(otherwise, rules) : ownToken(token, rules);
    const value = port === undefined ? own : checkedBy(port, own);
    if (value === REFUSED) return REFUSED;
    // Open ports that nothing feeds are not there.
    if (value !== undefined || port !== undefined) given[name] = value;
  }
  return given;
}

function ownPreset(otherwise: Json | undefined, rules: PortRules): unknown {
  return typeof otherwise === "object" && otherwise !== null ? rules.copy(otherwise) : otherwise;
}

function ownToken(token: unknown, rules: PortRules): unknown {
  return token instanceof Shared ? rules.copy(token.value) : token;
}

/** The value itself, of a token. */
export function jsonOf(token: unknown): Json {
  return token instanceof Shared ? token.value : (token as Json);
}

export function checkedBy(port: DirectPort, value: unknown): unknown {
  if (value === undefined && port.optional) return undefined;
  const answer = port.check(value);
  if (answer instanceof Promise || answer.issues !== undefined) return REFUSED;
  return answer.value;
}

/** Whether a port's own schema takes the value; what it asks of its form is `checkedBy`. */
export function fitsPort(output: ExpressOutput | undefined, value: Json, rules: PortRules): boolean {
  if (output?.schema === undefined || (output.type !== undefined && typeof value === output.type)) return true;
  return rules.fits(output.schema, value);
}

/** Whether each target of the queues behind a port takes the item. */
export function fitsQueues({ routes }: StreamPort, value: Json, rules: PortRules): boolean {
  for (const { schemas } of routes) for (const schema of schemas) if (!rules.fits(schema, value)) return false;
  return true;
}

/** A plain object that may be somebody's result. */
export function isResult(made: unknown): made is { readonly [port: string]: unknown } {
  return typeof made === "object" && made !== null && Object.getPrototypeOf(made) === Object.prototype;
}

/** 0: no members; 1: that member alone; 2: others. */
export function membersOf(made: object, only: string | undefined): 0 | 1 | 2 {
  let found: 0 | 1 = 0;
  for (const key in made) {
    if (key !== only) return 2;
    found = 1;
  }
  return found;
}

/** Whatever was given, on any number of ports. Ports that were `sent` values before need not have one. */
export function severalOf(
  step: ExpressStep,
  made: { readonly [port: string]: unknown },
  sent: readonly StreamPort[],
  rules: PortRules,
): Several | typeof REFUSED {
  const given: { [port: string]: unknown } = { ...made };
  for (const { name, port } of step.outputs) {
    if (port === undefined || (given[name] === undefined && wasSent(sent, name))) continue;
    const value = checkedBy(port, given[name]);
    if (value === REFUSED) return REFUSED;
    given[name] = value;
  }
  const ports = rules.copy(given) as { readonly [port: string]: Json } | undefined;
  if (ports === undefined || hasStranger(step, ports)) return REFUSED;
  for (const output of step.outputs) {
    const value = ports[output.name];
    if (value === undefined ? !output.optional && !wasSent(sent, output.name) : !fitsPort(output, value, rules))
      return REFUSED;
  }
  return new Several(ports);
}

export function wasSent(sent: readonly StreamPort[], name: string): boolean {
  return sent.some((port) => port.name === name);
}
