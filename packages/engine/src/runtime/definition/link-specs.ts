import type { StandardSchema } from "../../components/standard-schema.js";
import type { StepContext } from "../../contracts/component.js";
import type { Json, JsonSchema } from "../../contracts/json.js";
import type { Constant, Element, Fits } from "./class-ports.js";
import type { FittingRefs, Pair, RefsOf, ValueAt } from "./reference-pairs.js";

/** A function in place, or the name of one of the module. `undefined` is absence. */
export type Transform<Value, Result> = (
  value: Value,
  context: StepContext,
) => Result | undefined | Promise<Result | undefined>;

/** CEL over the value's fields, or one comparison. */
export type Condition =
  | string
  | {
      readonly field: string;
      readonly operator: "eq" | "ne" | "gt" | "ge" | "lt" | "le" | "in" | "contains" | "exists";
      readonly value?: Json;
    };
type AnySchema = StandardSchema | JsonSchema | string;

/** How a value is made of another one: one of these. */
type TransformWays<Value, Result> =
  | { readonly expression: string }
  | { readonly mapping: { readonly [field: string]: string } }
  | { readonly transform_function: string | Transform<Value, Result> };
/** In short: a function, the name of one or an expression, or what a TransformLink's config says. */
type ShortTransform<Value, Result> =
  | Transform<Value, Result>
  | string
  | { readonly [field: string]: string }
  | (TransformWays<Value, Result> & { readonly input_schema?: AnySchema; readonly output_schema?: AnySchema });

interface PortSettings<T> {
  readonly default?: T | null;
  readonly hold?: boolean;
  readonly optional?: boolean;
  readonly schema?: AnySchema;
  readonly description?: string;
}
interface Gated<T> extends PortSettings<T> {
  readonly when?: Condition;
  readonly otherwise?: "skip" | "fail";
}
type SingleMerge = "single" | "first" | "each";

/** One source whose value the port takes. */
interface Source<Ref, Value, T> extends Gated<T> {
  readonly from: Ref;
  readonly transform?: ShortTransform<Value, T>;
  readonly merge?: SingleMerge;
}
/** One source whose value the port does not take as it is. */
interface NeedsTransform<Ref, Value, T> extends PortSettings<T> {
  readonly from: Ref;
  readonly transform: ShortTransform<Value, T>;
  readonly merge?: SingleMerge;
}
type OneSource<P, T> =
  P extends Pair<infer Ref, infer Value>
    ? Fits<Value, T> extends true
      ? Source<Ref, Value, T>
      : NeedsTransform<Ref, Value, T>
    : never;
interface ListOfSources<Ref, T> extends Gated<T> {
  readonly from: readonly Ref[];
  readonly merge: "list";
}
interface SourcesInTurn<Ref, T> extends Gated<T> {
  readonly from: readonly Ref[];
  readonly merge?: SingleMerge;
}
interface NoSource<T> extends PortSettings<T> {
  readonly from?: undefined;
  readonly merge?: SingleMerge | "list";
}

/** An input of a step: a constant, a source or several, or settings of a port that links feed. */
export type InputSpec<P, T> = SpecOf<P, Exclude<T, undefined>>;
type SpecOf<P, T> =
  | Constant<T>
  | OneSource<P, T>
  | ListOfSources<FittingRefs<P, Element<T>>, T>
  | SourcesInTurn<FittingRefs<P, T>, T>
  | NoSource<T>;

/** What the compiler says of a link whose value its target does not take: a TransformLink could carry it. */
export type DoesNotFit<Value, Target> = {
  readonly "the value does not fit the target: use a TransformLink": { readonly value: Value; readonly target: Target };
};
type MustFit<Value, Target> = Fits<Value, Target> extends true ? unknown : DoesNotFit<Value, Target>;

type Named<Kind extends string> = Kind | `nanobrain.core.link.${Kind}`;
export type LinkClass = Named<"DirectLink" | "ConditionalLink" | "TransformLink" | "QueueLink">;
type Ends<P, Q> = { readonly source: RefsOf<P>; readonly target: RefsOf<Q> };
type QueueConfig<P, Q> = {
  readonly source: RefsOf<P>;
  readonly target?: RefsOf<Q>;
  readonly targets?: readonly RefsOf<Q>[];
  readonly each?: boolean;
  readonly capacity?: number;
  readonly balance?: "round_robin" | "least_loaded" | "weighted" | "adaptive";
  readonly weights?: { readonly [target: string]: number } | readonly number[];
  readonly key?: string;
  readonly max_deliveries?: number;
};

/** A link from `S` to `T`. What travels in queues is checked when it flows. */
export type LinkSpec<S, T, P, Q> = { readonly description?: string } & (
  | { readonly class: Named<"DirectLink">; readonly config: Ends<P, Q> & MustFit<ValueAt<P, S>, ValueAt<Q, T>> }
  | {
      readonly class: Named<"ConditionalLink">;
      readonly config: Ends<P, Q> & { readonly condition: Condition; readonly otherwise?: "skip" | "fail" } & MustFit<
          ValueAt<P, S>,
          ValueAt<Q, T>
        >;
    }
  | {
      readonly class: Named<"TransformLink">;
      readonly config: Ends<P, Q> & {
        readonly input_schema?: AnySchema;
        readonly output_schema?: AnySchema;
      } & TransformWays<ValueAt<P, S>, ValueAt<Q, T>>;
    }
  | { readonly class: Named<"QueueLink">; readonly config: QueueConfig<P, Q> }
);
