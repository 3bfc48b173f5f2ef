import type { Json } from "../contracts/json.js";
import { Fault, fieldOf, isList, isMap, kindOf, kindWords } from "./condition-value.js";

/** What was found, or the fault that it is not there. `path` and `ownerName` are as the condition writes them. */
export function orMissing(found: Json | undefined, path: string, owner: Json, ownerName: string): Json | Fault {
  if (found !== undefined) return found;
  return new Fault(
    "missing",
    isMap(owner) ? `no field ${path}` : `no field ${path}: ${ownerName} is ${kindWords(kindOf(owner))}`,
  );
}

/** An element of a list by its place, or a field of a map by its name. */
export function readElement(container: Json, key: Json, ownerName: string): Json | Fault {
  const keyKind = kindWords(kindOf(key));
  if (isList(container)) {
    if (typeof key !== "number" || !Number.isInteger(key)) {
      return new Fault("failed", `a list is indexed by whole numbers, not by ${keyKind}`);
    }
    const found = container[key];
    return found === undefined ? new Fault("missing", `no element ${key} in ${ownerName}`) : found;
  }
  if (typeof key !== "string") {
    return new Fault("failed", `${ownerName} is ${kindWords(kindOf(container))} and is not indexed by ${keyKind}`);
  }
  return orMissing(
    fieldOf(container, key),
    `${JSON.stringify(key.slice(0, 80))} in ${ownerName}`,
    container,
    ownerName,
  );
}
