import type { ComponentDefinition, NamedFunction, Registry, StepPorts } from "../contracts/component.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { type ShelfEntry, shelf, shelfVersion } from "./shelf.js";

export type RegistryExtras = {
  readonly definitions?: readonly ComponentDefinition[];
  readonly functions?: { readonly [name: string]: NamedFunction };
  /** Ports of classes of users' modules, from the project's registry file. */
  readonly modulePorts?: (path: string, exportName: string) => StepPorts | undefined;
  /** Whatever else plans of this registry depend on. */
  readonly fingerprint?: string;
};

const shortName = (name: string): string => name.slice(name.lastIndexOf(".") + 1);

/** Entries by canonical name, and by short name where one class only has it (the caller's own goes before a built-in). */
function indexed(own: readonly ShelfEntry[]): ReadonlyMap<string, ShelfEntry> {
  const found = new Map<string, ShelfEntry>();
  for (const group of [shelf, own]) {
    const shorts = new Map<string, ShelfEntry | undefined>();
    for (const entry of group) {
      const short = shortName(entry.class);
      shorts.set(short, shorts.has(short) ? undefined : entry);
    }
    for (const [short, entry] of shorts) {
      if (entry === undefined) found.delete(short);
      else found.set(short, entry);
    }
  }
  for (const entry of [...shelf, ...own]) found.set(entry.class, entry);
  return found;
}

function ownEntries(definitions: readonly ComponentDefinition[]): readonly ShelfEntry[] {
  const taken = new Set(shelf.map((entry) => entry.class));
  return definitions.map((definition) => {
    if (taken.has(definition.class))
      throw nanobrainError("E_USAGE", { problem: `Class ${definition.class} is registered twice` });
    taken.add(definition.class);
    return { class: definition.class, kind: definition.kind, load: () => Promise.resolve(definition) };
  });
}

/** The built-in classes and the caller's own. Nothing is loaded until a document names it. Fails with E_USAGE on a class given twice. */
export function createRegistry(extras: RegistryExtras = {}): Registry {
  const definitions = extras.definitions ?? [];
  const own = ownEntries(definitions);
  const byName = indexed(own);
  const functions = new Map(Object.entries(extras.functions ?? {}));
  const all = [...shelf, ...own];
  return {
    find: (name) => byName.get(name),
    list: (kind) => (kind === undefined ? all : all.filter((entry) => entry.kind === kind)),
    functions: () => [...functions.keys()],
    function: (name) => functions.get(name),
    modulePorts: (path, exportName) => extras.modulePorts?.(path, exportName),
    fingerprint: JSON.stringify([
      shelfVersion,
      definitions.map((definition) => `${definition.class}@${definition.version}`).sort(),
      [...functions.keys()].sort(),
      ...(extras.fingerprint === undefined ? [] : [extras.fingerprint]),
    ]),
    zod: () => import("zod").then((module) => module.z),
  };
}
