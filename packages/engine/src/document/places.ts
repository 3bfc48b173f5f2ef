import type { Diagnostic, Place } from "./diagnostic.js";
import type { Path, Places } from "./document.js";
import { makeDiagnostic } from "./faults.js";
import type { Key, MapNode, Node, ScalarNode } from "./node.js";
import { lineIndexOf, lineText, placeOf, type Source, type Span } from "./source.js";

type Spot = Span & { readonly source: Source };
type Found = { readonly node: Node; readonly key?: Key; readonly complete: boolean };

/** Keys of a link beside those by which the `inputs:` shorthand says the same. */
const shortKeys: { readonly [key: string]: string } = {
  source: "from",
  condition: "when",
  transform_function: "transform",
  expression: "transform",
  mapping: "transform",
};

/** The places of one document's tree. Included files are entered as they are found. */
export class TreePlaces implements Places {
  private readonly included = new Map<ScalarNode, Node>();
  private readonly root: MapNode;
  /** Leads from the top of the file to this document, for workflows written in place. */
  private readonly prefix: Path;

  constructor(root: MapNode, prefix: Path) {
    this.root = root;
    this.prefix = prefix;
  }

  /** From now on paths go through `reference` into `content`. */
  include(reference: ScalarNode, content: Node): void {
    this.included.set(reference, content);
  }

  contentOf(node: Node): Node {
    return node.kind === "scalar" ? (this.included.get(node) ?? node) : node;
  }

  of(path: Path, part: "key" | "value" = "value"): Place {
    const spot = this.spot(path, part);
    return placeOf(spot.source, spot);
  }

  inside(path: Path, offset: number, length: number): Place {
    const spot = this.spotInside(path, offset, length);
    return placeOf(spot.source, spot);
  }

  environmentText(path: Path): string | undefined {
    const { node, complete } = this.find(path);
    return complete && node.kind === "scalar" ? node.environmentText : undefined;
  }

  diagnostic(
    severity: "error" | "warning",
    code: string,
    path: Path,
    message: string,
    options: {
      readonly hint?: string;
      readonly part?: "key" | "value";
      readonly offset?: number;
      readonly length?: number;
    } = {},
  ): Diagnostic {
    const { hint, part = "value", offset, length = 1 } = options;
    const spot = offset === undefined ? this.spot(path, part) : this.spotInside(path, offset, length);
    const fault = {
      code,
      span: spot,
      path: [...this.prefix, ...path],
      message,
      ...(hint === undefined ? {} : { hint }),
    };
    return makeDiagnostic(severity, spot.source, fault);
  }

  private find(path: Path): Found {
    let node: Node = this.root;
    let key: Key | undefined;
    for (const step of path) {
      const next = childOf(this.contentOf(node), step);
      if (next === undefined) return { node, complete: false, ...(key === undefined ? {} : { key }) };
      node = next.node;
      key = next.key;
    }
    return { node, complete: true, ...(key === undefined ? {} : { key }) };
  }

  private spot(path: Path, part: "key" | "value"): Spot {
    const { node, key, complete } = this.find(path);
    if (key === undefined) return firstOf(node);
    return part === "value" && complete && node.kind === "scalar" && node.end > node.start ? node : key;
  }

  private spotInside(path: Path, offset: number, length: number): Spot {
    const { node, complete } = this.find(path);
    if (!complete || node.kind !== "scalar" || typeof node.value !== "string") return this.spot(path, "value");
    if (!node.text.startsWith(node.value.slice(0, offset))) return this.spot(path, "value");
    if (node.textStart !== undefined) return spotAt(node.source, node.textStart + offset, length);
    return node.literal === true ? insideLiteral(node, offset, length) : this.spot(path, "value");
  }
}

function childOf(node: Node, step: string | number): { readonly node: Node; readonly key?: Key } | undefined {
  if (node.kind === "list") {
    const item = typeof step === "number" ? node.items[step] : undefined;
    return item === undefined ? undefined : { node: item };
  }
  if (node.kind !== "map") return undefined;
  const name = String(step);
  const entry = node.entries.get(name) ?? node.entries.get(shortKeys[name] ?? name);
  return entry === undefined ? undefined : { node: entry.value, key: entry.key };
}

/** A map's first key, or where the value starts. */
function firstOf(node: Node): Spot {
  const first = node.kind === "map" ? node.entries.values().next().value?.key : undefined;
  return first !== undefined && first.source === node.source ? first : node;
}

function spotAt(source: Source, start: number, length: number): Spot {
  return { source, start, end: start + Math.max(1, length) };
}

/** Literal blocks keep their lines: the line's number gives the place. */
function insideLiteral(node: ScalarNode, offset: number, length: number): Spot {
  const before = node.text.slice(0, offset).split("\n");
  const textLine = node.text.split("\n")[before.length - 1] ?? "";
  const lineIndex = lineIndexOf(node.source, node.start) + before.length;
  const indent = lineText(node.source, lineIndex).indexOf(textLine);
  if (indent === -1 || lineIndex >= node.source.lineStarts.length) return node;
  return spotAt(node.source, node.source.lineStarts[lineIndex]! + indent + (before.at(-1)?.length ?? 0), length);
}
