import * as nodeModule from "node:module";
import { type HookData, initialize, load, resolveSync } from "./module-hooks.js";

type Hooks = { readonly resolve: typeof resolveSync; readonly load: typeof load };
type HookRegistry = {
  /** Node 22.15 and later: hooks run on this thread. */
  readonly registerHooks?: (hooks: Hooks) => void;
  readonly register: (url: string, options: { readonly data: HookData }) => void;
};

let installed = false;

/** Makes Node load users' modules as `module-hooks` says. Once per thread; what the first caller says counts. */
export function installHooks(data: HookData): void {
  if (installed) return;
  installed = true;
  const { registerHooks, register } = nodeModule as unknown as HookRegistry;
  if (registerHooks === undefined) {
    register(builtUrl("module-hooks"), { data });
    return;
  }
  initialize(data);
  registerHooks({ resolve: resolveSync, load });
}

/** Address of a built file beside this one, also when this one runs from its source. */
function builtUrl(name: string): string {
  const own = import.meta.url;
  if (!own.endsWith(".ts")) return new URL(`./${name}.js`, own).href;
  const at = own.lastIndexOf("/src/");
  return new URL(`./${name}.js`, `${own.slice(0, at)}/dist/${own.slice(at + 5)}`).href;
}

type Exports = { readonly [name: string]: unknown };

/** Node's own `import()`. Tools that run this file from its source have put theirs in its place, so the built one does it. */
export async function nativeImport(url: string): Promise<Exports> {
  if (!import.meta.url.endsWith(".ts")) return (await import(url)) as Exports;
  const built = (await import(builtUrl("native-import"))) as { readonly nativeImport: typeof nativeImport };
  return built.nativeImport(url);
}
