import { createRequire } from "node:module";

/** Versions of what makes a report, for its methods. */
export function versions(): { readonly nanobrain: string; readonly library: string; readonly node: string } {
  const require = createRequire(import.meta.url);
  const version = (name: string): string =>
    String((require(`${name}/package.json`) as { readonly version?: unknown }).version ?? "");
  return {
    nanobrain: version("@nanobrain/engine"),
    library: version("@nanobrain/library"),
    node: process.versions.node,
  };
}
