import { type OlderFiles, openHttp } from "../adapters/http/open-http.js";
import { createModules } from "../adapters/modules/modules.js";
import { createRegistry } from "../components/registry.js";
import { createStepCode } from "../components/step-code.js";
import type { Pack } from "../contracts/component.js";
import type { HttpRecordings } from "../contracts/http.js";
import type { StepCode } from "../contracts/step-code.js";

export type LaneCodeData = {
  readonly cacheFolder: string | null;
  readonly modules: boolean;
  /** Addresses of modules that export a `pack`. */
  readonly packs?: readonly string[];
  readonly http?: HttpRecordings & { readonly older?: OlderFiles };
};

/** What a lane finds code with: the built-in shelves, packs and users' modules. Steps given to `createRuntime` live on the main thread only. */
export async function laneStepCode(data: LaneCodeData): Promise<StepCode> {
  const modules = data.modules ? { modules: createModules({ cacheFolder: data.cacheFolder }) } : {};
  const packs = await Promise.all((data.packs ?? []).map(packAt));
  return createStepCode({ registry: createRegistry({ packs }), http: openHttp(data.http), ...modules });
}

async function packAt(url: string): Promise<Pack> {
  const { pack } = (await import(url)) as { readonly pack: Pack };
  return pack;
}
