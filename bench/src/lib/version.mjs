import { readFileSync } from "node:fs";
export function version(pkg) {
  try {
    return JSON.parse(readFileSync(new URL(`../../node_modules/${pkg}/package.json`, import.meta.url))).version;
  } catch {
    return "?";
  }
}
