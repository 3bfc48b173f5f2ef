import type { DocumentCode } from "../errors/diagnostics.js";
import { budgets } from "./budgets.js";
import type { Fault } from "./faults.js";
import type { Node } from "./node.js";
import type { Source, Span } from "./source.js";

/** Keys that reach into JavaScript's own objects. */
export const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** The state of building one file's tree. `path` leads to the node in hand. */
export type Building = {
  readonly source: Source;
  readonly faults: Fault[];
  readonly anchors: Map<string, Node | "open">;
  readonly path: (string | number)[];
  /** Nodes so far, aliases and merges written out. */
  nodes: number;
  /** A budget was passed; what follows is not built. */
  stopped: boolean;
};

export function report(building: Building, code: DocumentCode, span: Span, message: string, hint?: string): void {
  building.faults.push({ code, span, path: [...building.path], message, hint });
}

/** False once the budget of nodes is used up. */
export function spend(building: Building, nodes: number, at: Span): boolean {
  building.nodes += nodes;
  if (building.nodes <= budgets.nodes || building.stopped) return !building.stopped;
  building.stopped = true;
  report(building, "E_LIMIT", at, `File has more than ${budgets.nodes} values, aliases written out`);
  return false;
}
