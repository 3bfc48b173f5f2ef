/** A field of the map itself, never of its prototype: names come from documents. */
export function ownField<T>(map: { readonly [key: string]: T }, key: string): T | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
