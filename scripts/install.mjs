import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { root, runProgram } from "./program.mjs";

/** Packages of the lockfile that are not in node_modules at that version. Null: nothing is installed. */
function missingPackages() {
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  let installed;
  try {
    installed = JSON.parse(readFileSync(join(root, "node_modules/.package-lock.json"), "utf8")).packages;
  } catch {
    return null;
  }
  return Object.entries(wanted).filter(([path, { version, optional, devOptional, link }]) => {
    if (!path.startsWith("node_modules/") || optional || devOptional || link) return false;
    return installed[path]?.version !== version;
  });
}

/** Makes node_modules what package-lock.json says; quick when it already is. True: done. */
export function install() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 20)) {
    console.error(`Node ${process.versions.node} is too old: NanoBrain needs Node 20.20 or newer.`);
    return false;
  }
  const missing = missingPackages();
  if (missing !== null && missing.length === 0) return true;
  console.error(missing === null ? "Installing packages ..." : `Installing packages (${missing[0]?.[0]} differs) ...`);
  if (runProgram("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]) === 0) return true;
  console.error("Cannot install packages: `npm ci --ignore-scripts` failed. Is the package registry within reach?");
  return false;
}

if (process.argv[1] === resolve(import.meta.filename)) process.exitCode = install() ? 0 : 1;
