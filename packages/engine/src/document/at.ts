import type { DiagnosticCode } from "../errors/diagnostics.js";
import type { Place } from "./diagnostic.js";
import type { Path } from "./document.js";
import { isMasked } from "./frame.js";
import type { Loading, Reference } from "./loading.js";
import { kindName, type Node } from "./node.js";
import { pathText, quoted } from "./path-text.js";
import type { TreePlaces } from "./places.js";

/** A document being read. `file` is where it stands; `prefix` leads to it inside the file, for workflows written in place. */
export type Reading = {
  readonly loading: Loading;
  readonly places: TreePlaces;
  readonly file: string;
  readonly prefix: Path;
  /** Files of the workflows around this one, outermost first, itself last. */
  readonly nest: readonly string[];
  readonly module: string | undefined;
};

/** A value of a document and the path that leads to it. */
export type At = { readonly reading: Reading; readonly node: Node; readonly path: Path };

/** A value inside of another one. */
export function below(at: At, key: string | number, node: Node): At {
  return { reading: at.reading, node, path: [...at.path, key] };
}

export type ComplaintOptions = { readonly hint?: string | undefined; readonly part?: "key" | "value" };

export function complain(
  at: Pick<At, "reading" | "path">,
  code: DiagnosticCode,
  message: string,
  options: ComplaintOptions = {},
): void {
  const { hint, part = "value" } = options;
  const shown = hint === undefined ? { part } : { part, hint };
  const { loading, places } = at.reading;
  loading.faults.addMade(() => places.diagnostic("error", code, at.path, message, shown));
}

/** The place of a value that names a file. */
export function referenceAt(at: At, file: string): Reference {
  const place: Place = at.reading.places.of(at.path);
  return {
    chain: [...at.node.source.chain, place],
    shown: at.node.kind === "scalar" && at.node.referring === true ? foundText(at.node) : quoted(file),
    complain: (code, message, hint) => complain(at, code, message, { hint }),
  };
}

/** The key a value stands under, for messages; `entry 3` in lists. */
export function labelOf(at: Pick<At, "path">): string {
  const last = at.path.at(-1);
  if (last === undefined) return "The document";
  return typeof last === "number" ? `Item ${last + 1} of ${pathText(at.path.slice(0, -1))}` : quotedUnlessPlain(last);
}

/** What is there, for messages: short scalars as written, never a secret or what came from the environment. */
export function foundText(node: Node): string {
  if (node.kind !== "scalar" || node.value === null) return kindName(node);
  if (isMasked(node.source, node)) return kindName(node);
  if (node.referring === true) return quoted(node.text);
  return typeof node.value === "string" ? quoted(node.value) : String(node.value);
}

function quotedUnlessPlain(key: string): string {
  return /^[\w.-]{1,80}$/.test(key) ? key : quoted(key);
}
