import type { RunEvent } from "@nanobrain/engine";
import type { Journal } from "./judge.js";

/*
 * What calls of plain code tell of a journal. P1. Code that was called has its start in the journal, and so has the result of every step
 * that it uses. P2. A run whose result was given has completed there.
 */

type One = Omit<Journal, "called">;

function all(journal: Journal | undefined): readonly One[] {
  return journal === undefined ? [] : [journal, ...journal.called];
}

const idOf = ({ events: [first] }: One): string => (first?.type === "run.created" ? first.id : "");

function nodesOf({ events }: One, type: RunEvent["type"]): ReadonlySet<number> {
  return new Set(events.flatMap((event) => (event.type === type && "node" in event ? [event.node] : [])));
}

/** Steps whose results the journal has, as calls are noted. */
export function recordedCalls(journal: Journal | undefined): readonly string[] {
  return all(journal).flatMap((one) => {
    const nodes = one.plan.workflows[0]?.nodes ?? [];
    return [...nodesOf(one, "attempt.succeeded")].map((node) => `${idOf(one)} ${nodes[node]?.name ?? ""}`);
  });
}

export function callFaults(journal: Journal | undefined, called: ReadonlyMap<string, number>): readonly string[] {
  const runs = new Map(all(journal).map((one) => [idOf(one), one]));
  return [...called.keys()].flatMap((key) => {
    const [id = "", name = ""] = key.split(" ");
    const one = runs.get(id);
    return one === undefined ? [`${key} was called, the run is not there`] : faultsOf(one, name);
  });
}

function faultsOf(one: One, name: string): readonly string[] {
  const { nodes = [], links = [] } = one.plan.workflows[0] ?? {};
  const node = nodes.findIndex((planned) => planned.name === name);
  const ended = nodesOf(one, "attempt.succeeded");
  const sources = (nodes[node]?.ports ?? []).flatMap((port) => port.links.map((link) => links[link]?.from.node ?? -1));
  const unknown = sources.filter((source) => !ended.has(source));
  return [
    ...(nodesOf(one, "attempt.started").has(node) ? [] : [`${idOf(one)} ${name} was called, its start is not there`]),
    ...unknown.map((source) => `${idOf(one)} ${name} used what ${nodes[source]?.name ?? ""} gave, which is not there`),
  ];
}

export function endFaults(journal: Journal | undefined, ended: readonly string[]): readonly string[] {
  const runs = new Map(all(journal).map((one) => [idOf(one), one]));
  return ended.flatMap((line) => {
    const [id = ""] = line.split(" ");
    const isThere = runs.get(id)?.events.at(-1)?.type === "run.completed";
    return isThere ? [] : [`the result of ${id} was given, its end is not there`];
  });
}
