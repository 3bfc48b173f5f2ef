import { createHash } from "node:crypto";
import type { ComponentDefinition, Registry } from "../contracts/component.js";
import type { HostParts } from "../host/parts.js";
import type { KeyParts } from "../values/parts.js";

type Fingerprint = HostParts["fingerprint"];

/** Cache key parts of a component: its definition's own, and the code of the user's module with all it imports by relative path. */
export function fingerprints(registry: Registry): Fingerprint {
  const loaded = new WeakMap<object, ComponentDefinition>();
  const slowly = async (...[component, folders]: Parameters<Fingerprint>): Promise<KeyParts> => {
    const code = component.module === undefined ? {} : await codeOf(component.module.path, folders);
    const entry = registry.find(component.class);
    const definition = await entry?.load();
    if (entry !== undefined && definition !== undefined) loaded.set(entry, definition);
    return { ...code, ...ownCode(registry, component), ...(await ownParts(definition, component, folders)) };
  };
  return (component, folders) => {
    const entry = registry.find(component.class);
    const definition = entry === undefined ? undefined : loaded.get(entry);
    if (component.module !== undefined || definition === undefined) return slowly(component, folders);
    const own = ownParts(definition, component, folders);
    const code = ownCode(registry, component);
    return own instanceof Promise ? own.then((parts) => ({ ...code, ...parts })) : { ...code, ...own };
  };
}

async function codeOf(path: string, folders: Parameters<Fingerprint>[1]): Promise<KeyParts> {
  const { moduleHash } = await import("../adapters/modules/module-hash.js");
  return { code: await moduleHash(path, folders) };
}

/** Of a function that was given to the runtime: its text. */
function ownCode(registry: Registry, { module, config }: Parameters<Fingerprint>[0]): KeyParts {
  const name = config["function"];
  const fn = module === undefined ? registry.function(String(name)) : undefined;
  return fn === undefined ? {} : { code: createHash("sha256").update(String(fn)).digest("hex") };
}

function ownParts(
  definition: ComponentDefinition | undefined,
  ...[{ config }, folders]: Parameters<Fingerprint>
): ReturnType<Fingerprint> {
  return definition?.kind === "step" ? (definition.fingerprint?.(config, folders) ?? {}) : {};
}
