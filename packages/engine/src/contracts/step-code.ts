import type { StepDefinition } from "./component.js";
import type { AttemptFolders, ComponentCall } from "./executor.js";
import type { OpenHttp } from "./http.js";

/** Folders a module may lie in: the project and what the caller allowed. */
export type ModuleFolders = Pick<AttemptFolders, "project" | "roots">;

/** Modules of users: TypeScript or JavaScript without a build step. Paths are absolute, or relative to the project. */
export interface Modules {
  /** What the module exports. Rejects with a code of `E_MODULE...`. */
  load(path: string, folders: ModuleFolders): Promise<{ readonly [name: string]: unknown }>;
}

/** Finds the code of a component: in the registry, or in a module of the user's. What was found before may be answered at once. */
export interface StepCode {
  find(component: ComponentCall, folders: ModuleFolders): StepDefinition | Promise<StepDefinition>;
  /** The network of its steps. Absent: there is none. */
  readonly http?: OpenHttp;
}

/** Where a lane finds its `StepCode`: a built ES module and its export, called once per lane with `data`. */
export type StepCodeSpec = {
  /** A `file:` URL. */
  readonly url: string;
  /** Name of an exported `(data) => StepCode | Promise<StepCode>`. */
  readonly export: string;
  /** Plain data that survives a structured clone. */
  readonly data?: unknown;
};
