import type { StepPorts, Zod } from "../contracts/component.js";
import type { JsonSchema } from "../contracts/json.js";
import type { ModuleFolders, Modules } from "../contracts/step-code.js";
import { jsonSchemaOf } from "./standard-schema.js";
import { isStepDefinition } from "./step-code.js";

/** One class of a user's module, as the project's registry file keeps it. */
export type ModuleClass = {
  readonly export: string;
  readonly class: string;
  readonly version: string;
  readonly summary: string;
  readonly ports: StepPorts;
  /** Undefined: anything goes. */
  readonly config?: JsonSchema;
};

export type ModuleDescription = {
  readonly classes: readonly ModuleClass[];
  /** Names of exported functions, for `function` and `transform_function`. */
  readonly functions: readonly string[];
};

/** What a module offers to documents. Runs the module: only for commands by which the user asks for that. */
export async function describeModule(
  path: string,
  folders: ModuleFolders,
  modules: Modules,
  zod: Zod,
): Promise<ModuleDescription> {
  const exported = Object.entries(await modules.load(path, folders));
  const classes: ModuleClass[] = [];
  for (const [name, value] of exported) {
    if (!isStepDefinition(value)) continue;
    const config = jsonSchemaOf(value.config(zod), "input");
    classes.push({
      export: name,
      class: value.class,
      version: value.version,
      summary: value.summary,
      // Ports that depend on the config are those of an empty one.
      ports: value.ports({}),
      ...(config === undefined ? {} : { config }),
    });
  }
  return { classes, functions: exported.filter(([, value]) => typeof value === "function").map(([name]) => name) };
}
