#!/usr/bin/env node
import { readFileSync } from "node:fs";

function version(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** Answered before anything else is loaded: starting costs what is imported. */
const only = process.argv.length === 3 ? process.argv[2] : undefined;
if (only === "--version" || only === "-V") {
  process.stdout.write(`${version()}\n`);
} else {
  void import("./start.js").then(({ start }) => start(process.argv.slice(2), version));
}
