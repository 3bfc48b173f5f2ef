import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { describeProject, documentSchema } from "@nanobrain/engine/authoring";
import { type Call, flag } from "../call.js";
import { findModules } from "../find-modules.js";
import { openForNames, withRuntime } from "../open-runtime.js";

/**
 * Writes `.nanobrain/schema.json` for editors and `.nanobrain/registry.json`, which lets `validate` and `plan` know the ports
 * of the project's own classes. Imports those modules, unless `--no-modules` says otherwise.
 */
export async function main(call: Call): Promise<number> {
  const { out, err, folder } = call.terminal;
  const top = resolve(folder, call.operands[0] ?? ".");
  const target = join(top, ".nanobrain");
  mkdirSync(target, { recursive: true });
  const schema = await withRuntime(openForNames(), ({ registry }) => documentSchema(registry));
  const schemaPath = join(target, "schema.json");
  writeFileSync(schemaPath, `${JSON.stringify(schema, null, 2)}\n`);
  out.line(relative(folder, schemaPath));
  const modules = flag(call, "no-modules") ? [] : findModules(top);
  if (modules.length > 0) {
    const registryPath = join(target, "registry.json");
    writeFileSync(registryPath, `${JSON.stringify(await describeProject(top, modules), null, 2)}\n`);
    out.line(relative(folder, registryPath));
  }
  err.line('first line of a document: "# yaml-language-server: $schema=.nanobrain/schema.json"');
  return 0;
}
