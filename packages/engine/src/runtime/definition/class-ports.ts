import type { OpenPorts } from "../../components/define-step.js";
import type { FileValue, Json } from "../../contracts/json.js";

/** What may stand as `class`: a name, a class that `defineStep` made, or a workflow that `defineWorkflow` made. */
export type AnyClass = string | WithPorts;
type WithPorts = { readonly kind: string; readonly "~ports"?: { readonly inputs: unknown; readonly outputs: unknown } };

/** Outputs of built-in classes whose ports are always the same. The others' are named by links. */
type BuiltInOutputs = {
  readonly HttpStep: {
    readonly body: unknown;
    readonly status: number;
    readonly headers: { readonly [n: string]: string };
  };
  readonly FileReadStep: { readonly content: unknown };
  readonly FileWriteStep: { readonly file: FileValue };
  readonly FileGlobStep: { readonly files: unknown };
  readonly ValidateStep: {
    readonly valid: unknown;
    readonly invalid: unknown;
    readonly report: unknown;
    readonly quality: number;
  };
  readonly TemplateStep: { readonly text: string; readonly file: FileValue };
  readonly WaitStep: { readonly at: string };
  readonly ApprovalStep: { readonly decision: unknown; readonly by: string; readonly at: string };
};

type ShortName<C> = C extends `nanobrain.core.step.${infer Name}` ? Name : C;
type InputsOf<C> = C extends { readonly "~ports"?: { readonly inputs: infer Inputs } } ? Inputs : OpenPorts;
type OutputsOf<C> = C extends { readonly "~ports"?: { readonly outputs: infer Outputs } }
  ? Outputs
  : ShortName<C> extends keyof BuiltInOutputs
    ? BuiltInOutputs[ShortName<C>]
    : OpenPorts;

/** A step's `for_each` as the compiler saw it. Never: it has none. */
type EachOf<E> = [E] extends [{ readonly over: infer Over extends string }]
  ? string extends Over
    ? never
    : {
        readonly over: Over;
        readonly as: AsOf<E>;
        readonly item: E extends { readonly max_failures: number } ? null : never;
      }
  : never;
type AsOf<E> = E extends { readonly as: infer As extends string } ? As : "item";

/** The ports that links feed: under a map, a list instead of the item. */
export type FedPorts<C, E> = [EachOf<E>] extends [never]
  ? InputsOf<C>
  : EachOf<E> extends { readonly over: infer Over extends string; readonly as: infer As extends string }
    ? {
        readonly [P in Exclude<keyof InputsOf<C>, As> | Over]: P extends Over
          ? readonly PortOf<InputsOf<C>, As>[]
          : PortOf<InputsOf<C>, P>;
      }
    : never;
type PortOf<Ports, P> = P extends keyof Ports ? Ports[P] : unknown;

/** The ports that links leave: under a map, lists; with failures allowed, null in the places of failed items. */
export type SentPorts<C, E> = [EachOf<E>] extends [never]
  ? OutputsOf<C>
  : { readonly [P in keyof OutputsOf<C>]: readonly (Exclude<OutputsOf<C>[P], undefined> | EachOf<E>["item"])[] };

/** A text that refers to the environment or a secret may stand for any value. */
export type Reference = `${string}\${${string}`;

type Anything = null | boolean | number | string | { readonly [key: string]: never } | never[];
type IsOpen<T> = unknown extends T ? true : Anything extends T ? true : false;

/** A config as a document may write it. */
export type Written<T> =
  IsOpen<T> extends true
    ? T
    : T extends string
      ? T | Reference
      : T extends number | boolean
        ? T | Reference
        : T extends object
          ? { readonly [K in keyof T]: Written<T[K]> }
          : T;
type ConfigGiven<C> = C extends { readonly "~ports"?: { readonly config: infer Config } }
  ? Written<Config>
  : { readonly [key: string]: unknown };

type Nothing = Readonly<Record<never, never>>;

/** `config` of a class: its map, or the path of a file that holds it; it may be left out if nothing in it is required. */
export type ConfigKey<C> =
  Nothing extends ConfigGiven<C>
    ? { readonly config?: ConfigGiven<C> | string }
    : { readonly config: ConfigGiven<C> | string };

/** The same value, with nothing in it that could be changed. */
type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** Whether a value may flow there. What is open fits, and is checked when it flows. */
export type Fits<Value, Target> =
  IsOpen<Value> extends true
    ? true
    : IsOpen<Target> extends true
      ? true
      : [Value] extends [Frozen<Exclude<Target, undefined>>]
        ? true
        : false;

export type Element<T> = IsOpen<T> extends true ? unknown : T extends readonly (infer E)[] ? E : never;

/** Values that may stand for an input where it is written: a map there would be read as settings. */
export type Constant<T> =
  IsOpen<T> extends true
    ? null | boolean | number | string | readonly Json[]
    : T extends readonly unknown[]
      ? Frozen<T>
      : T extends object
        ? never
        : T | Reference;
