import type { InferInput, InferOutput, StandardSchema } from "../../components/standard-schema.js";
import type { Json, JsonSchema } from "../../contracts/json.js";
import type { FedPorts, Fits, SentPorts } from "./class-ports.js";

/** What may be said of a data unit: its schema alone, or as in a document. */
export type UnitSpec =
  | StandardSchema
  | {
      readonly class: string;
      readonly description?: string;
      readonly schema?: StandardSchema | JsonSchema | string;
      readonly default?: unknown;
      readonly optional?: boolean;
      readonly role?: "input" | "parameter" | "result" | "metric";
      readonly merge?: "single" | "first" | "list" | "each" | "collect";
      readonly config?: { readonly [key: string]: unknown } | string;
    };
export type Units = { readonly [unit: string]: UnitSpec };

type SchemaOf<U> = U extends StandardSchema
  ? U
  : U extends { readonly schema: infer S extends StandardSchema }
    ? S
    : U extends { readonly config: { readonly schema: infer S extends StandardSchema } }
      ? S
      : never;
type PlainValue<U> = U extends { readonly class: "DataUnitString" } ? string : unknown;

/** What a unit holds. */
export type UnitValue<U> = [SchemaOf<U>] extends [never] ? PlainValue<U> : Exclude<InferOutput<SchemaOf<U>>, undefined>;
type UnitGiven<U> = [SchemaOf<U>] extends [never] ? PlainValue<U> : Exclude<InferInput<SchemaOf<U>>, undefined>;

type MayBeAbsent<U> = U extends StandardSchema
  ? undefined extends InferInput<U>
    ? true
    : false
  : U extends { readonly optional: true } | { readonly default: unknown }
    ? true
    : U extends { readonly config: { readonly optional: true } | { readonly default: unknown } }
      ? true
      : false;

/** What a run is given. */
export type InputsGiven<U> = {
  readonly [K in keyof U as MayBeAbsent<U[K]> extends true ? never : K]: UnitGiven<U[K]>;
} & { readonly [K in keyof U as MayBeAbsent<U[K]> extends true ? K : never]?: UnitGiven<U[K]> };

/** What a run gives: an output that got no value is left out. */
export type OutputsMade<O> = string extends keyof O
  ? { readonly [port: string]: Json }
  : [keyof O] extends [never]
    ? { readonly [port: string]: Json }
    : { readonly [K in keyof O]?: UnitValue<O[K]> };

/** A name that links may use, and what is there. */
export type Pair<Ref extends string, Value> = { readonly ref: Ref; readonly value: Value };

type UnitPairs<U> = { [N in keyof U & string]: Pair<N, UnitValue<U[N]>> }[keyof U & string];
type EachAt<E, S> = S extends keyof E ? E[S] : undefined;
type PortPairs<S extends string, Ports> = {
  [P in keyof Ports & string]-?: Pair<`${S}.${P}`, Exclude<Ports[P], undefined>>;
}[keyof Ports & string];

/** Where values come from: units, output ports, ports of failures, dead letters. */
export type Sources<U, O, D, C, E, L> =
  | UnitPairs<U>
  | UnitPairs<Omit<O, keyof U>>
  | UnitPairs<D>
  | { [S in keyof C & string]: PortPairs<S, SentPorts<C[S], EachAt<E, S>>> | Pair<`${S}.error`, unknown> }[keyof C &
      string]
  | { [N in keyof L & string]: L[N] extends QueueClass ? Pair<`${N}.dead_letters`, unknown> : never }[keyof L & string];
export type QueueClass = "QueueLink" | "nanobrain.core.link.QueueLink";

/** Where values may go: input ports and units that links set. */
export type Targets<O, D, C, E> =
  | UnitPairs<O>
  | UnitPairs<D>
  | { [S in keyof C & string]: PortPairs<S, FedPorts<C[S], EachAt<E, S>>> }[keyof C & string];

export type RefsOf<P> = P extends Pair<infer Ref, unknown> ? Ref : never;
export type FittingRefs<P, T> =
  P extends Pair<infer Ref, infer Value> ? (Fits<Value, T> extends true ? Ref : never) : never;
/** The value at a name; never: there is none, which is an error elsewhere. */
export type ValueAt<P, Ref> = P extends Pair<infer Name, infer Value> ? (Ref extends Name ? Value : never) : never;
