import type { DirectPort } from "../contracts/direct-step.js";
import type { Json, JsonSchema } from "../contracts/json.js";
import type { ExpressOutput, ExpressPlan, ExpressStep, Feed } from "./express-plan.js";
import { broughtValue, type Values } from "./feed-value.js";
import { Several } from "./several.js";

/** The plain case it is not: whoever has the last word looks at it again. */
export const REFUSED: unique symbol = Symbol("refused");

export type PortRules = {
  copy(value: unknown): Json | undefined;
  fits(schema: JsonSchema, value: Json): boolean;
};

/** Longer texts are measured by who copies them. */
const MAX_TEXT = 10_000;

/** What a step's code is given on its ports: copies, checked by the class's own schemas. `step`: one of its kind. */
export function stepInputs(
  plan: ExpressPlan,
  step: ExpressStep,
  node: number,
  values: Values,
  rules: PortRules,
): { readonly [port: string]: unknown } | typeof REFUSED {
  const given: { [port: string]: unknown } = {};
  let at = plan.firstFeed[node] ?? 0;
  for (const { name, feed, port } of step.inputs) {
    const start = plan.feedStart[at++] ?? 0;
    const own = ownValue(broughtValue(values, plan, feed, start, plan.feedStart[at] ?? 0), feed, rules);
    const value = port === undefined ? own : checked(port, own);
    if (value === REFUSED) return REFUSED;
    given[name] = value;
  }
  return given;
}

/** A copy of what a feed brings: no step sees what another one changes. A list was made for this step alone. */
function ownValue(fed: Json | undefined, feed: Feed, rules: PortRules): Json | undefined {
  if (typeof fed !== "object" || fed === null) return fed;
  return feed.isList && fed !== feed.otherwise && (fed as readonly Json[]).every(isAtom) ? fed : rules.copy(fed);
}

function isAtom(value: Json): boolean {
  return typeof value !== "object" || value === null;
}

function checked(port: DirectPort, value: unknown): unknown {
  if (value === undefined && port.optional) return undefined;
  const answer = port.check(value);
  if (answer instanceof Promise || answer.issues !== undefined) return REFUSED;
  return answer.value;
}

/** What a node gave, as it is kept: the value of its only port, or several. Nothing that a check refuses, or that is missing. */
export function takeOutputs(step: ExpressStep, made: unknown, rules: PortRules): Json | Several | typeof REFUSED {
  if (typeof made !== "object" || made === null || Object.getPrototypeOf(made) !== Object.prototype) return REFUSED;
  const { only } = step;
  if (only === undefined || !hasOnly(made, only.name)) return takeSeveral(step, made, rules);
  const given = (made as { readonly [port: string]: unknown })[only.name];
  const value = plain(only.port === undefined ? given : checked(only.port, given));
  if (value === undefined) return takeSeveral(step, made, rules);
  return fits(only, value, rules) ? value : REFUSED;
}

function hasOnly(made: object, name: string): boolean {
  for (const key in made) if (key !== name) return false;
  return true;
}

/** A value that needs no copy, as JSON has it; undefined: look closer. */
function plain(value: unknown): Json | undefined {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? (value === 0 ? 0 : value) : undefined;
    case "boolean":
      return value;
    case "string":
      return value.length <= MAX_TEXT && !/\p{Surrogate}/u.test(value) ? value : undefined;
    default:
      return value === null ? null : undefined;
  }
}

function fits({ type, schema }: ExpressOutput, value: Json, rules: PortRules): boolean {
  if (schema === undefined || (type !== undefined && typeof value === type)) return true;
  return rules.fits(schema, value);
}

function takeSeveral(step: ExpressStep, made: object, rules: PortRules): Several | typeof REFUSED {
  const given: { [port: string]: unknown } = { ...made };
  for (const { name, port } of step.outputs) {
    if (port === undefined) continue;
    const value = checked(port, given[name]);
    if (value === REFUSED) return REFUSED;
    given[name] = value;
  }
  const ports = plainPorts(given) ?? (rules.copy(given) as { readonly [port: string]: Json } | undefined);
  if (ports === undefined || !isComplete(step, ports) || hasStranger(step, ports)) return REFUSED;
  for (const output of step.outputs) {
    const value = ports[output.name];
    if (value !== undefined && !fits(output, value, rules)) return REFUSED;
  }
  return new Several(ports);
}

/** The object itself, which is nobody else's, if nothing in it takes a copy. */
function plainPorts(given: { [port: string]: unknown }): { readonly [port: string]: Json } | undefined {
  for (const port of Object.keys(given)) {
    const value = plain(given[port]);
    if (value === undefined || port === "__proto__") return undefined;
    given[port] = value;
  }
  return given as { readonly [port: string]: Json };
}

function isComplete(step: ExpressStep, ports: { readonly [port: string]: Json }): boolean {
  for (const { name, optional } of step.outputs) if (!optional && ports[name] === undefined) return false;
  return true;
}

/** Something is given on a port that the class does not declare. */
export function hasStranger({ direct, outputs }: ExpressStep, ports: { readonly [port: string]: Json }): boolean {
  if (direct.outputs === undefined) return false;
  return Object.keys(ports).some((port) => !outputs.some(({ name }) => name === port));
}
