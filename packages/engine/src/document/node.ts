import type { Source, Span } from "./source.js";

/**
 * A document's raw tree: values with the place where they were written. Nodes may be shared (aliases, merge keys), so a
 * tree is a graph without cycles. `weight` counts the nodes below and including this one as if nothing were shared;
 * `height` is 0 for scalars and 1 + the highest child for the others.
 */
export type Node = ScalarNode | ListNode | MapNode;

type Written = Span & { readonly source: Source; readonly weight: number; readonly height: number };

export type ScalarNode = Written & {
  readonly kind: "scalar";
  value: string | number | boolean | null;
  /** The text itself, quotes and escapes undone. */
  readonly text: string;
  /** Offset of the text's first character, when text and source agree character for character on one line. */
  readonly textStart?: number;
  /** Written as a literal block, line by line. */
  readonly literal?: true;
  /** Hidden in code frames. */
  masked?: true;
  /** A fault of this value was reported already. */
  faulty?: true;
  /** Environment references have been put in. */
  resolved?: true;
  /** The text as written had environment references. */
  referring?: true;
  /** Set when the value is a number or boolean only because an environment variable's text reads like one: that text. */
  environmentText?: string;
};

export type ListNode = Written & { readonly kind: "list"; readonly items: readonly Node[] };

export type MapNode = Written & { readonly kind: "map"; readonly entries: ReadonlyMap<string, Entry> };

export type Key = Span & { readonly source: Source };
export type Entry = { readonly key: Key; readonly value: Node };

/** What a scalar, list or map is called in messages. */
export function kindName(node: Node): string {
  if (node.kind !== "scalar") return node.kind === "map" ? "a map" : "a list";
  if (node.value === null) return "nothing";
  switch (typeof node.value) {
    case "string":
      return "text";
    case "number":
      return "a number";
    default:
      return "true or false";
  }
}

/** A map made of entries that exist already. */
export function makeMap(at: Key, entries: ReadonlyMap<string, Entry>): MapNode {
  let weight = 1;
  let height = 1;
  for (const entry of entries.values()) {
    weight += entry.value.weight;
    height = Math.max(height, entry.value.height + 1);
  }
  return { kind: "map", source: at.source, start: at.start, end: at.end, entries, weight, height };
}

/** A scalar that stands for something unreadable; readers pass over it in silence. */
export function faultyScalar(at: Key): ScalarNode {
  const { source, start, end } = at;
  return { kind: "scalar", source, start, end, value: null, text: "", weight: 1, height: 0, faulty: true };
}
