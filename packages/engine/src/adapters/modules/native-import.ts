import * as nodeModule from "node:module";
import { constants, Script } from "node:vm";
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

type Importer = (url: string) => Promise<{ readonly [name: string]: unknown }>;
let importer: Importer | undefined;

/** Node's own `import()`. Tools that run this file from its source have put theirs in its place. */
export function nativeImport(url: string): ReturnType<Importer> {
  if (!import.meta.url.endsWith(".ts")) return import(url) as ReturnType<Importer>;
  importer ??= new Script("(url) => import(url)", {
    filename: "nanobrain-import.js",
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }).runInThisContext() as Importer;
  return importer(url);
}
