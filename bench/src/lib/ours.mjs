// NanoBrain as its users have it: the built packages of this checkout (`npm run build` first).
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const packages = new URL("../../../packages/", import.meta.url);
/** `OURS=bundle`: the engine in one file, as it is published; for what measures starts. */
const door = new URL(process.env.OURS === "bundle" ? "engine/bundle/index.js" : "engine/dist/index.js", packages);

if (!existsSync(fileURLToPath(door))) throw new Error("Error NanoBrain is not built: npm run build");

export const { createRuntime, defineStep, defineWorkflow } = await import(door.href);
/** A module inside the engine, for what its doors do not give. */
export const engineModule = (path) => import(new URL(`engine/dist/${path}`, packages).href);
export const version = `this checkout, node ${process.versions.node}`;
export const commandLine = fileURLToPath(new URL("nanobrain/bundle/nanobrain.cjs", packages));

/** Loads a workflow, or throws its first fault. */
export async function load(runtime, workflow, options) {
  const loaded = await runtime.load(workflow, options);
  if (loaded.plan === undefined) throw new Error(`Error ${JSON.stringify(loaded.diagnostics[0]).slice(0, 300)}`);
  return loaded;
}

/** Runs to the end; throws where the run did not complete. */
export async function complete(run) {
  const result = await run.result();
  if (result.status !== "completed")
    throw new Error(`Error run ${result.status}: ${JSON.stringify(result.failures[0] ?? null).slice(0, 300)}`);
  return result;
}
