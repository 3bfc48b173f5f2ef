import type {
  ClassEntry,
  ComponentDefinition,
  NamedFunction,
  Pack,
  Registry,
  StepPorts,
  Zod,
} from "../contracts/component.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { shelf, shelfVersion } from "./shelf.js";

export type RegistryExtras = {
  readonly packs?: readonly Pack[];
  readonly definitions?: readonly ComponentDefinition[];
  readonly functions?: { readonly [name: string]: NamedFunction };
  /** Ports of classes of users' modules, from the project's registry file. */
  readonly modulePorts?: (path: string, exportName: string) => StepPorts | undefined;
  /** Whatever else plans of this registry depend on. */
  readonly fingerprint?: string;
};

const shortName = (name: string): string => name.slice(name.lastIndexOf(".") + 1);

/** Entries by canonical name, and by short name where one class only has it (the caller's own goes before a pack's, that before a built-in). */
function indexed(groups: readonly (readonly ClassEntry[])[]): ReadonlyMap<string, ClassEntry> {
  const found = new Map<string, ClassEntry>();
  for (const group of groups) {
    const shorts = new Map<string, ClassEntry | undefined>();
    for (const entry of group) {
      const short = shortName(entry.class);
      shorts.set(short, shorts.has(short) ? undefined : entry);
    }
    for (const [short, entry] of shorts) {
      if (entry === undefined) found.delete(short);
      else found.set(short, entry);
    }
  }
  for (const entry of groups.flat()) found.set(entry.class, entry);
  return found;
}

const entryOf = (definition: ComponentDefinition): ClassEntry => ({
  class: definition.class,
  kind: definition.kind,
  load: () => Promise.resolve(definition),
});

/** A registry that takes in more classes and functions: those that stand in workflows built in TypeScript. */
export interface GrowingRegistry extends Registry {
  /** What is there already may come again. Fails with E_USAGE for another class or function of a name that is taken. */
  adopt(definitions: readonly ComponentDefinition[], functions: { readonly [name: string]: NamedFunction }): void;
  /** Whether the class is the caller's: neither built in nor of a pack. */
  isOwn(name: string): boolean;
  isOwnFunction(name: string): boolean;
}

/** The built-in classes, those of packs and the caller's own. Nothing is loaded until a document names it. Fails with E_USAGE on a class given twice. */
export function createRegistry(extras: RegistryExtras = {}): GrowingRegistry {
  const own = new Map<string, ComponentDefinition>();
  const functions = new Map(Object.entries(extras.functions ?? {}));
  const packs = extras.packs ?? [];
  const packed = packs.flatMap((pack) => pack.classes);
  const packedFunctions = new Map(packs.flatMap((pack) => Object.entries(pack.functions)));
  const kinds = new Map(packs.flatMap((pack) => Object.entries(pack.workflows ?? {})));
  const taken = new Set([...shelf, ...packed].map((entry) => entry.class));
  let byName: ReadonlyMap<string, ClassEntry> = new Map();
  let all: readonly ClassEntry[] = [];
  let fingerprint = "";
  const arrange = (): void => {
    const entries = [...own.values()].map(entryOf);
    byName = indexed([shelf, packed, entries]);
    all = [...shelf, ...packed, ...entries];
    const more = [...packs.map((pack) => `${pack.name}@${pack.version}`), extras.fingerprint ?? []].flat();
    fingerprint = fingerprintOf([...own.values()], [...functions.keys()], more);
  };
  const refuseTaken = (name: string): void => {
    if (taken.has(name) || own.has(name))
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
    defaults: (name) => {
      const found = byName.get(name)?.class;
      return found === undefined ? undefined : kinds.get(found);
    },
    functions: () => [...new Set([...functions.keys(), ...packedFunctions.keys()])],
    function: (name) => functions.get(name) ?? packedFunctions.get(name),
    modulePorts: (path, exportName) => extras.modulePorts?.(path, exportName),
    get fingerprint() {
      return fingerprint;
    },
    zod: loadZod,
    isOwn: (name) => own.has(name),
    isOwnFunction: (name) => functions.has(name),
    adopt(definitions, given) {
      const added = Object.entries(given).filter(([name, fn]) => functions.get(name) !== fn);
      const twice = added.find(([name]) => functions.has(name));
      if (twice !== undefined) throw nanobrainError("E_USAGE", { problem: `Function ${twice[0]} is registered twice` });
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
  more: readonly string[],
): string {
  const classes = own.map((definition) => `${definition.class}@${definition.version}`).sort();
  return JSON.stringify([shelfVersion, classes, [...functions].sort(), ...more]);
}

let zod: Promise<Zod> | undefined;

/** Asked for once: where modules are found through hooks, an import takes longer than a small step, also of what is loaded. */
function loadZod(): Promise<Zod> {
  zod ??= import("zod").then((module) => module.z);
  return zod;
}
