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

const entryOf = (definition: ComponentDefinition): ShelfEntry => ({
  class: definition.class,
  kind: definition.kind,
  load: () => Promise.resolve(definition),
});

/** A registry that takes in more classes and functions: those that stand in workflows built in TypeScript. */
export interface GrowingRegistry extends Registry {
  /** What is there already may come again. Fails with E_USAGE for another class or function of a name that is taken. */
  adopt(definitions: readonly ComponentDefinition[], functions: { readonly [name: string]: NamedFunction }): void;
  /** Whether the class is not built in. */
  isOwn(name: string): boolean;
}

/** The built-in classes and the caller's own. Nothing is loaded until a document names it. Fails with E_USAGE on a class given twice. */
export function createRegistry(extras: RegistryExtras = {}): GrowingRegistry {
  const own = new Map<string, ComponentDefinition>();
  const functions = new Map(Object.entries(extras.functions ?? {}));
  const builtIn = new Set(shelf.map((entry) => entry.class));
  let byName = indexed([]);
  let all: readonly ShelfEntry[] = shelf;
  let fingerprint = "";
  const arrange = (): void => {
    const entries = [...own.values()].map(entryOf);
    byName = indexed(entries);
    all = [...shelf, ...entries];
    fingerprint = fingerprintOf([...own.values()], [...functions.keys()], extras.fingerprint);
  };
  const refuseTaken = (name: string): void => {
    if (builtIn.has(name) || own.has(name))
      throw nanobrainError("E_USAGE", { problem: `Class ${name} is registered twice` });
  };
  for (const definition of extras.definitions ?? []) {
    refuseTaken(definition.class);
    own.set(definition.class, definition);
  }
  arrange();
  return {
    find: (name) => byName.get(name),
    list: (kind) => (kind === undefined ? all : all.filter((entry) => entry.kind === kind)),
    functions: () => [...functions.keys()],
    function: (name) => functions.get(name),
    modulePorts: (path, exportName) => extras.modulePorts?.(path, exportName),
    get fingerprint() {
      return fingerprint;
    },
    zod: () => import("zod").then((module) => module.z),
    isOwn: (name) => own.has(name),
    adopt(definitions, given) {
      const added = Object.entries(given).filter(([name, fn]) => functions.get(name) !== fn);
      const taken = added.find(([name]) => functions.has(name));
      if (taken !== undefined) throw nanobrainError("E_USAGE", { problem: `Function ${taken[0]} is registered twice` });
      const others = definitions.filter((definition) => own.get(definition.class) !== definition);
      for (const definition of others) refuseTaken(definition.class);
      for (const definition of others) own.set(definition.class, definition);
      for (const [name, fn] of added) functions.set(name, fn);
      arrange();
    },
  };
}

function fingerprintOf(
  own: readonly ComponentDefinition[],
  functions: readonly string[],
  more: string | undefined,
): string {
  const classes = own.map((definition) => `${definition.class}@${definition.version}`).sort();
  return JSON.stringify([shelfVersion, classes, [...functions].sort(), ...(more === undefined ? [] : [more])]);
}
