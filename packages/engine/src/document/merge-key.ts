import { type Building, report, spend } from "./building.js";
import type { Entry, Key, MapNode, Node } from "./node.js";

/**
 * YAML's merge key: `<<: *base` or `<<: [*first, *second]` adds the entries of other maps at this place. Keys written in the
 * map itself win, then those of the map named first.
 */
export function mergeInto(
  building: Building,
  entries: Map<string, Entry>,
  merged: Set<string>,
  value: Node,
  key: Key,
): void {
  const maps = value.kind === "list" ? value.items : [value];
  for (const map of maps) {
    if (map.kind === "map") addEntries(building, entries, merged, map, key);
    else if (map.kind === "list" || map.faulty !== true) {
      report(
        building,
        "E_TYPE",
        key,
        "Merge key << needs a map, or a list of maps",
        "name maps with aliases: <<: *base",
      );
      return;
    }
  }
}

function addEntries(
  building: Building,
  entries: Map<string, Entry>,
  merged: Set<string>,
  map: MapNode,
  key: Key,
): void {
  for (const [name, entry] of map.entries) {
    if (entries.has(name)) continue;
    if (!spend(building, entry.value.weight, key)) return;
    entries.set(name, entry);
    merged.add(name);
  }
}
