import { type OlderFiles, openHttp } from "../adapters/http/open-http.js";
import { createModules } from "../adapters/modules/modules.js";
import { createRegistry } from "../components/registry.js";
import { createStepCode } from "../components/step-code.js";
import type { Pack, Registry } from "../contracts/component.js";
import type { ComponentCall } from "../contracts/executor.js";
import type { HttpRecordings } from "../contracts/http.js";
import type { StepCode } from "../contracts/step-code.js";

export type LaneCodeData = {
  readonly cacheFolder: string | null;
  readonly modules: boolean;
  /** Addresses of modules that export a `pack`. */
  readonly packs?: readonly string[];
  readonly http?: HttpRecordings & { readonly older?: OlderFiles };
};

/**
 * What a lane finds code with: the built-in shelves, users' modules, and packs, which are loaded when one of their names comes. Steps
 * given to `createRuntime` live on the main thread only.
 */
export function laneStepCode(data: LaneCodeData): StepCode {
  const modules = data.modules ? { modules: createModules({ cacheFolder: data.cacheFolder }) } : {};
  const http = openHttp(data.http);
  const shelves = createRegistry();
  const plain = createStepCode({ registry: shelves, http, ...modules });
  const { packs: urls = [] } = data;
  if (urls.length === 0) return plain;
  let packed: Promise<StepCode> | undefined;
  const load = async (): Promise<StepCode> => {
    const packs = await Promise.all(urls.map(packAt));
    return createStepCode({ registry: createRegistry({ packs }), http, ...modules });
  };
  return {
    http,
    find(component, folders) {
      if (component.module !== undefined || isOnShelf(shelves, component)) return plain.find(component, folders);
      packed ??= load();
      return packed.then((code) => code.find(component, folders));
    },
  };
}

/** Functions that are no module's are named in configs, and only packs have them here. */
function isOnShelf(shelves: Registry, { class: name, config }: ComponentCall): boolean {
  return shelves.find(name) !== undefined && typeof config["function"] !== "string";
}

async function packAt(url: string): Promise<Pack> {
  const { pack } = (await import(url)) as { readonly pack: Pack };
  return pack;
}
