import type { Place } from "../document/diagnostic.js";
import { readFinding } from "./output-note.js";
import { targetName } from "./step-path.js";
import type { ActivationTrace, RunTrace } from "./trace.js";

/** What one output port's link did with its value. */
export type WhyRoute = {
  readonly link: string;
  readonly kind: "direct" | "transform" | "conditional" | "queue";
  readonly to: string;
  readonly condition: string | null;
  readonly outcome: "value" | "absent" | "closed" | "refused" | "awaited";
  readonly reason: string;
  readonly place: Place;
};

export type WhyOutput = {
  readonly port: string;
  /** False: the result had no such port (yet). */
  readonly given: boolean;
  readonly routes: readonly WhyRoute[];
};

/** Every port that has a value or a link. */
export function outputsOf(run: RunTrace, node: number, last: ActivationTrace | undefined): readonly WhyOutput[] {
  const planned = run.plan.nodes[node];
  if (planned === undefined) return [];
  const unitSet = run.units[node]?.value !== undefined;
  const routes = planned.outLinks.flatMap((index) => {
    const link = run.plan.links[index];
    return link === undefined ? [] : [{ port: link.from.port, route: routeOf(run, index) }];
  });
  const ports = new Set([...Object.keys(last?.out ?? {}), ...routes.map(({ port }) => port)]);
  return [...ports].map((port) => ({
    port,
    given: planned.kind === "step" ? last?.out[port] !== undefined : unitSet,
    routes: routes.filter((one) => one.port === port).flatMap(({ route }) => (route === undefined ? [] : [route])),
  }));
}

function routeOf(run: RunTrace, index: number): WhyRoute | undefined {
  const link = run.plan.links[index];
  if (link === undefined) return undefined;
  const carried = run.carried[index];
  const read = carried === undefined ? undefined : readFinding(carried.finding);
  return {
    link: link.name,
    kind: link.kind,
    to: targetName(run.plan, link),
    condition: link.condition ?? null,
    outcome: read?.outcome ?? "awaited",
    reason: read?.reason ?? "",
    place: link.place,
  };
}
