#!/usr/bin/env node
import { readFileSync } from "node:fs";

/** Answered before anything else is loaded: starting costs what is imported. */
const only = process.argv.length === 3 ? process.argv[2] : undefined;
if (only === "--version" || only === "-V") {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  process.stdout.write(`${(JSON.parse(text) as { readonly version: string }).version}\n`);
} else {
  const { start } = await import("./start.js");
  await start(process.argv.slice(2));
}
