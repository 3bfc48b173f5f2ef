import type { ComponentDefinition, StepPorts } from "../contracts/component.js";
import type { ComponentEntry } from "../document/document.js";
import { nearest } from "../document/nearest.js";
import { fault, type Scope } from "./compilation.js";
import { resolveModule } from "./resolve-module.js";

export type Kind = ComponentDefinition["kind"];

/** A class as found: registered, or an export of a user's module (which is never loaded here). */
export type ResolvedClass =
  | { readonly from: "registry"; readonly definition: ComponentDefinition }
  | {
      readonly from: "module";
      readonly path: string;
      readonly export: string;
      readonly version: string;
      readonly ports?: StepPorts;
    };

/** Looks a class up. Undefined: a fault, reported here, or by the document where the class is missing. */
export async function resolveClass(
  scope: Scope,
  entry: ComponentEntry,
  kind: Kind,
): Promise<ResolvedClass | undefined> {
  if (entry.className === "") return undefined;
  const path = [...entry.path, "class"];
  const { registry } = scope.compilation;
  const found = registry.find(entry.className);
  if (found !== undefined) {
    if (found.kind === kind) return { from: "registry", definition: await found.load() };
    const message = `Cannot use class "${entry.className}" here: it is ${article(found.kind)}, ${article(kind)} is expected`;
    fault(scope, "E_CLASS_KIND", path, message);
    return undefined;
  }
  if (entry.className.includes("#")) return moduleClass(scope, entry, kind);
  if (looksLikePlace(entry.className)) {
    const message = `Class "${entry.className}" is a path, an address or a module: a class is named as it is registered`;
    const hint = "an export of a module inside the project is written ./file.ts#Name";
    fault(scope, "E_CLASS_FORBIDDEN", path, message, { hint });
    return undefined;
  }
  unknownClass(scope, entry, kind);
  return undefined;
}

export function article(word: string): string {
  return `${/^[aeiou]/.test(word) ? "an" : "a"} ${word}`;
}

function looksLikePlace(name: string): boolean {
  return /[/\\:]|^\.|\.(ts|mts|cts|js|mjs|cjs|py|json|ya?ml)$/i.test(name);
}

function unknownClass(scope: Scope, entry: ComponentEntry, kind: Kind): void {
  const { compilation } = scope;
  const names = compilation.registry.list(kind).map((known) => known.class);
  const short = entry.className.slice(entry.className.lastIndexOf(".") + 1);
  const same = names.filter((name) => name.endsWith(`.${short}`));
  const dotted = entry.className.includes(".");
  const candidates = dotted ? names : names.map((name) => name.slice(name.lastIndexOf(".") + 1));
  compilation.nearestLeft -= candidates.length;
  const near = compilation.nearestLeft > 0 ? nearest(entry.className, candidates) : undefined;
  const meant = same.length > 0 ? same : near === undefined ? [] : [near];
  const hint = meant.map((name) => `"${name}"`).join(" or ");
  const path = [...entry.path, "class"];
  const message = `class "${entry.className}" is not registered`;
  fault(scope, "E_CLASS_UNKNOWN", path, message, hint === "" ? {} : { hint: `did you mean ${hint}?` });
}

function moduleClass(scope: Scope, entry: ComponentEntry, kind: Kind): ResolvedClass | undefined {
  const path = [...entry.path, "class"];
  if (kind !== "step") {
    fault(scope, "E_CLASS_KIND", path, `Cannot use a module's class as ${article(kind)}: only steps may be`);
    return undefined;
  }
  const found = resolveModule(scope, entry.className, path, "E_CLASS_FORBIDDEN");
  if (found === undefined) return undefined;
  const ports = scope.compilation.registry.modulePorts(found.path, found.export);
  return { from: "module", ...found, ...(ports === undefined ? {} : { ports }) };
}
