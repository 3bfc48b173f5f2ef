import type { PortDeclaration, StepCall, StepContext, StepDefinition, StepPorts, Zod } from "../contracts/component.js";
import type { DirectArguments, DirectPort, DirectStep } from "../contracts/direct-step.js";
import type { Json, JsonObject } from "../contracts/json.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { readNames } from "../express/read-names.js";
import { type CheckedEmits, checkedEmits } from "./checked-emits.js";
import { noteDirect } from "./direct-step.js";
import {
  absenceOf,
  type InferInput,
  type InferOutput,
  isStandardSchema,
  issuesText,
  jsonSchemaOf,
  type StandardResult,
  type StandardSchema,
} from "./standard-schema.js";
import { stepArguments } from "./step-arguments.js";

/** A port with more to say than its schema. What is left out is found out from the schema. */
export type PortSpec<S extends StandardSchema = StandardSchema> = {
  readonly schema: S;
  readonly optional?: boolean;
  readonly default?: Json;
  readonly hold?: boolean;
  readonly trigger?: boolean;
  readonly description?: string;
};

type Ports = { readonly [port: string]: StandardSchema | PortSpec };
type SchemaOf<P> = P extends StandardSchema ? P : P extends PortSpec<infer S> ? S : never;
/** Keys whose value may be undefined become optional keys. */
type Loose<T> = { readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  readonly [K in keyof T as undefined extends T[K] ? K : never]?: T[K];
};
export type InputsOf<P extends Ports> = { readonly [K in keyof P]: InferOutput<SchemaOf<P[K]>> };
export type OutputsOf<P extends Ports> = Loose<{ [K in keyof P]: InferInput<SchemaOf<P[K]>> }>;
type OutputsToReturn<P extends Ports | undefined> = P extends Ports
  ? OutputsOf<P>
  : { readonly [port: string]: unknown };
type InputsGiven<P extends Ports | undefined> = P extends Ports ? InputsOf<P> : { readonly [port: string]: Json };

/** What links may give, key by key; a port whose schema takes nothing may be left out. */
type FedBy<P extends Ports | undefined> = P extends Ports
  ? { readonly [K in keyof P]: InferInput<SchemaOf<P[K]>> }
  : OpenPorts;
type SentBy<P extends Ports | undefined> = P extends Ports
  ? { readonly [K in keyof P]: InferOutput<SchemaOf<P[K]>> }
  : OpenPorts;

/** Ports that links name. */
export type OpenPorts = { readonly [port: string]: unknown };

/** A class of steps whose ports and config the compiler knows. */
export interface TypedStep<Inputs = OpenPorts, Outputs = OpenPorts, Config = JsonObject> extends StepDefinition {
  /** For the compiler only; never there. */
  readonly "~ports"?: { readonly inputs: Inputs; readonly outputs: Outputs; readonly config: Config };
}

/** What `run` is given: inputs and config as their schemas make them, and everything of the step's context. */
export type StepArguments<Inputs, Config> = StepContext & {
  readonly inputs: Inputs;
  readonly config: Config;
};

export type StepSpec<I extends Ports | undefined, O extends Ports | undefined, C, G = C> = {
  /** Name in documents: short (`WordCount`) or dotted. */
  readonly class: string;
  /** Raise it when results change: it is part of the key under which results are cached. */
  readonly version: string;
  /** One line for lists and docs. */
  readonly summary?: string;
  readonly docs?: string;
  /** Left out: the links say which inputs or outputs there are, and any JSON may flow. */
  readonly inputs?: I;
  readonly outputs?: O;
  readonly config?: StandardSchema<G, C>;
  /** True when it does something outside besides computing: its results are not cached then unless asked. */
  readonly effects?: boolean;
  readonly executor?: "local" | "thread" | "process";
  run(given: StepArguments<InputsGiven<I>, C>): OutputsToReturn<O> | Promise<OutputsToReturn<O>>;
};

/**
 * A class of steps. Inputs are checked before `run` sees them and outputs before they leave, with the schemas given (any
 * Standard Schema); a missing or undefined output is absence, where its schema allows it.
 */
export function defineStep<
  const I extends Ports | undefined = undefined,
  const O extends Ports | undefined = undefined,
  C = JsonObject,
  G = JsonObject,
>(spec: StepSpec<I, O, C, G>): TypedStep<FedBy<I>, SentBy<O>, G> {
  const inputs = Object.entries<Ports[string]>(spec.inputs ?? {}).map(([name, port]) => portOf(name, port, "input"));
  const outputs = Object.entries<Ports[string]>(spec.outputs ?? {}).map(([name, port]) => portOf(name, port, "output"));
  let ports: StepPorts | undefined;
  const code = (given: DirectArguments): unknown => spec.run(given as unknown as StepArguments<InputsGiven<I>, C>);
  const around: DirectStep["around"] = async (call, run, before) => {
    const given = givenInputs(inputs, call, spec.inputs === undefined);
    const checkedInputs = given instanceof Promise ? await given : given;
    const emits = lazyEmits(call.context, outputs);
    const made = await run(stepArguments(call.context, checkedInputs, call.config, emits.emit));
    const sent = emits.sent();
    if (sent !== undefined) await sent.settled();
    return checkedOutputs(
      outputs,
      made,
      before === undefined ? (sent?.ports ?? none) : union(before, sent?.ports ?? none),
    );
  };
  const reads = lazyNames(spec.run);
  /** For code that provably reads nothing else: its context is not made. */
  const modest = async (call: StepCall): Promise<Outputs> => {
    const given = givenInputs(inputs, call, spec.inputs === undefined);
    const checkedInputs = given instanceof Promise ? await given : given;
    return checkedOutputs(outputs, await code({ inputs: checkedInputs, config: call.config } as DirectArguments), none);
  };
  const definition: TypedStep<FedBy<I>, SentBy<O>, G> = {
    kind: "step",
    class: spec.class,
    version: spec.version,
    summary: spec.summary ?? `${spec.class} of the user's own`,
    ...(spec.docs === undefined ? {} : { docs: spec.docs }),
    config: (zod) => configSchema(spec.config, zod),
    ports: () => {
      ports ??= {
        inputs: declared(inputs),
        outputs: declared(outputs),
        openInputs: spec.inputs === undefined,
        openOutputs: spec.outputs === undefined,
      };
      return ports;
    },
    effects: spec.effects ?? false,
    executor: spec.executor ?? "local",
    run: (call) => (reads.isModest() ? modest(call) : around(call, code)),
  };
  noteDirect(definition, {
    inputs: spec.inputs === undefined ? undefined : inputs.map(directPort),
    outputs: spec.outputs === undefined ? undefined : outputs.map(directPort),
    text: () => Function.prototype.toString.call(spec.run),
    code,
    around,
  });
  return definition;
}

/** Looked at when the step first runs. */
function lazyNames(run: (...given: never) => unknown): { isModest(): boolean } {
  let isModest: boolean | undefined;
  return {
    isModest() {
      isModest ??= readsOnly(readNames(Function.prototype.toString.call(run)), ["inputs", "config"]);
      return isModest;
    },
  };
}

function readsOnly(names: ReadonlySet<string> | undefined, allowed: readonly string[]): boolean {
  return names !== undefined && [...names].every((name) => allowed.includes(name));
}

function directPort({ name, schema, spec }: Port): DirectPort {
  return { name, optional: spec.optional === true, check: (value) => schema["~standard"].validate(value) };
}

const none: ReadonlySet<string> = new Set();

function union(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...one, ...other]);
}

type Port = {
  readonly name: string;
  readonly schema: StandardSchema;
  /** Whether the schema gives nothing for nothing; found out when it is first asked. */
  mayLack: boolean | undefined;
  readonly side: "input" | "output";
  readonly spec: Omit<PortSpec, "schema">;
};

function portOf(name: string, port: StandardSchema | PortSpec, side: "input" | "output"): Port {
  if (isStandardSchema(port)) return { name, schema: port, side, spec: {}, mayLack: undefined };
  const { schema, ...spec } = port;
  if (!isStandardSchema(schema))
    throw nanobrainError("E_USAGE", {
      problem: `Port ${name} has no schema: a Standard Schema such as z.string() is expected`,
    });
  return { name, schema, side, spec, mayLack: undefined };
}

function declared(ports: readonly Port[]): { readonly [port: string]: PortDeclaration } {
  return Object.fromEntries(ports.map((port) => [port.name, declaration(port)]));
}

function declaration({ schema, side, spec }: Port): PortDeclaration {
  const json = jsonSchemaOf(schema, side);
  const absence = absenceOf(schema);
  const optional = spec.optional ?? (spec.default !== undefined || absence.optional);
  return {
    ...(json === undefined ? {} : { schema: json }),
    ...(optional ? { optional } : {}),
    ...(side === "input" && absence.default !== undefined ? { default: absence.default } : {}),
    ...spec,
  };
}

type Given = { [port: string]: unknown };

/** What the step is given by port, as its schemas make it. */
function givenInputs(ports: readonly Port[], { inputs }: StepCall, isOpen: boolean): Given | Promise<Given> {
  return fillAll(isOpen ? { ...inputs } : {}, ports, (port) => checked(port, inputs[port.name], "input"));
}

/** Sets each port to what is found for it, at once where nothing has to be waited for. */
function fillAll(into: Given, ports: readonly Port[], find: (port: Port) => unknown, from = 0): Given | Promise<Given> {
  for (let at = from; at < ports.length; at++) {
    const port = ports[at] as Port;
    const found = find(port);
    if (found instanceof Promise) {
      return found.then((value) => {
        into[port.name] = value;
        return fillAll(into, ports, find, at + 1);
      });
    }
    into[port.name] = found;
  }
  return into;
}

function checked(port: Port, value: unknown, what: "input" | "output"): unknown {
  if (value === undefined && (port.spec.optional === true || mayLack(port))) return undefined;
  const result = port.schema["~standard"].validate(value);
  if (!(result instanceof Promise)) return accepted(port, value, result, what);
  return result.then((later) => accepted(port, value, later, what));
}

function mayLack(port: Port): boolean {
  if (port.mayLack !== undefined) return port.mayLack;
  const result = port.schema["~standard"].validate(undefined);
  const lacks = !(result instanceof Promise) && result.issues === undefined && result.value === undefined;
  port.mayLack = lacks;
  return lacks;
}

/** Most steps emit nothing: what it takes is made with the first value. */
function lazyEmits(context: StepContext, outputs: readonly Port[]) {
  let made: CheckedEmits | undefined;
  return {
    emit: (port: string, value: Json): Promise<void> => {
      made ??= checkedEmits(context, emittedBy(outputs));
      return made.emit(port, value);
    },
    sent: (): CheckedEmits | undefined => made,
  };
}

/** What the schema made of the value; throws where it refuses it. */
function accepted(port: Port, value: unknown, result: StandardResult<unknown>, what: "input" | "output"): unknown {
  if (result.issues === undefined) return result.value;
  if (value === undefined && what === "output") throw nanobrainError("E_OUTPUT_MISSING", { port: port.name });
  throw nanobrainError("E_VALUE_SCHEMA", { target: `${what} ${port.name}`, problems: issuesText(result.issues) });
}

/** Looks at the ports that are declared; whoever runs the step refuses others. */
function emittedBy(ports: readonly Port[]): (name: string, value: Json) => Json | Promise<Json> {
  return (name, value) => {
    const port = ports.find((one) => one.name === name);
    if (port === undefined) return value;
    const made = port.schema["~standard"].validate(value);
    if (!(made instanceof Promise)) return accepted(port, value, made, "output") as Json;
    return made.then((result) => accepted(port, value, result, "output") as Json);
  };
}

function checkedOutputs(
  ports: readonly Port[],
  made: unknown,
  emitted: ReadonlySet<string>,
): Outputs | Promise<Outputs> {
  // Whoever runs the step refuses what is no object; here only the declared ports are looked at.
  const given = made === undefined && emitted.size > 0 ? {} : made;
  if (typeof given !== "object" || given === null || Array.isArray(given)) return given as Outputs;
  const outputs: Given = { ...given };
  const filled = fillAll(outputs, ports, (port) => {
    const value = outputs[port.name];
    // A port that emitted has sent what it has to send.
    return value === undefined && emitted.has(port.name) ? undefined : checked(port, value, "output");
  });
  return filled as Outputs | Promise<Outputs>;
}

type Outputs = { readonly [port: string]: Json | undefined };

/** The config's schema as the zod schema the registry expects; the user's own zod schema is taken as it is. */
function configSchema(schema: StandardSchema | undefined, zod: Zod): ReturnType<StepDefinition["config"]> {
  if (schema === undefined) return zod.record(zod.string(), zod.any());
  const own = schema as Partial<ReturnType<StepDefinition["config"]>>;
  if (schema["~standard"].vendor === "zod" && "_zod" in own)
    return schema as unknown as ReturnType<StepDefinition["config"]>;
  return zod.any().transform((value, context) => {
    const result = schema["~standard"].validate(value);
    if (result instanceof Promise) {
      context.addIssue({ code: "custom", message: "its schema is asynchronous, a config's may not be" });
      return zod.NEVER;
    }
    if (result.issues === undefined) return result.value;
    for (const issue of result.issues) {
      const path = (issue.path ?? []).map((part) => (typeof part === "object" ? part.key : part));
      context.addIssue({ code: "custom", message: issue.message, path });
    }
    return zod.NEVER;
  });
}
