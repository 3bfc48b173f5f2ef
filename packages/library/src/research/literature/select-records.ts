import type { LiteratureConfig } from "./literature-config.js";
import type { LiteratureRecord } from "./literature-record.js";
import { compare } from "./merge-records.js";

export type Dropped = { readonly id: string; readonly title: string; readonly score: number; readonly why: string };

export type Selection = {
  readonly kept: readonly LiteratureRecord[];
  readonly dropped: readonly Dropped[];
};

/** Those that are good enough, in order, and no more than wanted. */
export function selectRecords(records: readonly LiteratureRecord[], config: LiteratureConfig): Selection {
  const { quality_threshold, max_results, sort_by } = config;
  const good = records.filter((record) => record.quality.score >= quality_threshold);
  const poor = records.filter((record) => record.quality.score < quality_threshold);
  const sorted = [...good].sort(orders[sort_by]);
  return {
    kept: sorted.slice(0, max_results),
    dropped: [
      ...poor.map((record) => dropped(record, whyPoor(record, quality_threshold))),
      ...sorted.slice(max_results).map((record) => dropped(record, `more than max_results (${max_results})`)),
    ],
  };
}

type Order = (a: LiteratureRecord, b: LiteratureRecord) => number;

const byId: Order = (a, b) => compare(a.id, b.id);
const byQuality: Order = (a, b) => b.quality.score - a.quality.score;
const byRank: Order = (a, b) => a.rank - b.rank;
const byDate: Order = (a, b) => compare(b.date ?? String(b.year ?? ""), a.date ?? String(a.year ?? ""));

const inOrder =
  (...all: readonly Order[]): Order =>
  (a, b) => {
    for (const order of all) {
      const difference = order(a, b);
      if (difference !== 0) return difference;
    }
    return 0;
  };

const orders: { readonly [by in LiteratureConfig["sort_by"]]: Order } = {
  quality: inOrder(byQuality, byRank, byId),
  relevance: inOrder(byRank, byQuality, byId),
  date: inOrder(byDate, byQuality, byId),
};

function dropped({ id, title, quality }: LiteratureRecord, why: string): Dropped {
  return { id, title, score: quality.score, why };
}

/** The parts that are to blame, worst first. */
function whyPoor({ quality }: LiteratureRecord, threshold: number): string {
  if (quality.parts["retraction"] !== undefined) return "retracted";
  const low = Object.entries(quality.parts)
    .filter(([, value]) => value < 0.7)
    .sort(([, a], [, b]) => a - b);
  return `quality below ${threshold}: ${low.map(([part, value]) => `${part} ${value}`).join(", ") || "every part a little"}`;
}
