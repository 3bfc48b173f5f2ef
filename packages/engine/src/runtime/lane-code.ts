import { createModules } from "../adapters/modules/modules.js";
import { createRegistry } from "../components/registry.js";
import { createStepCode } from "../components/step-code.js";
import type { StepCode } from "../contracts/step-code.js";

export type LaneCodeData = { readonly cacheFolder: string | null; readonly modules: boolean };

/** What a lane finds code with: the built-in shelves and users' modules. Steps given to `createRuntime` live on the main thread only. */
export function laneStepCode(data: LaneCodeData): StepCode {
  const modules = data.modules ? { modules: createModules({ cacheFolder: data.cacheFolder }) } : {};
  return createStepCode({ registry: createRegistry(), ...modules });
}
