import type { Plan, RunEvent } from "@nanobrain/engine";
import type { RunSummary } from "@nanobrain/engine/observe";

/** A value of a run as it is shown: its beginning. */
export type ShownValue = {
  readonly name: string;
  /** Class of its unit. */
  readonly class: string;
  /** Text or JSON, cut to what a reader takes in. */
  readonly text: string;
  /** Null: all of it is shown. */
  readonly sizeBytes: number | null;
  /** Files in it: base names and content hashes. */
  readonly files: readonly { readonly name: string; readonly hash: string; readonly sizeBytes: number }[];
};

/** What models were used and what they cost, as far as effects of the run say. */
export type ModelUse = {
  readonly model: string;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null: the price of some call is not known. */
  readonly costUsd: number | null;
};

/** All that a report of a run is made of. */
export type RunFacts = {
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
  readonly summary: RunSummary;
  readonly inputs: readonly ShownValue[];
  readonly outputs: readonly ShownValue[];
  readonly models: readonly ModelUse[];
  /** A live process drives it. */
  readonly driven: boolean;
  /** Epoch ms. */
  readonly madeAt: number;
  /** The drawing of the plan. */
  readonly graph: string;
  readonly versions: { readonly [name: string]: string };
};
