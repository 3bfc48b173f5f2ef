// A program that tells all it was told: its environment and its standard input, on both streams.
import { readFileSync } from "node:fs";
import { across, spellingsOf } from "./spellings.mjs";

const [mode] = process.argv.slice(2);
const given = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("CANARY_")));
const read = JSON.parse(readFileSync(0, "utf8") || "{}");
const all = { ...given, ...read };
for (const value of Object.values(all)) {
  for (const text of Object.values(spellingsOf(value))) process.stderr.write(`${text}\n`);
  process.stderr.write(`${across(value, 4000)}\n${across(value, 8192)}\n`);
}
const out = Object.fromEntries(
  Object.entries(all).map(([name, value]) => [name, { ...spellingsOf(value), [value]: value }]),
);
process.stdout.write(JSON.stringify({ ...out, number: Number(all.CANARY_DIGITS), env: process.env }));
if (mode === "fail") process.exitCode = 3;
if (mode === "cut") process.stderr.write(`\n${all.CANARY_LONG}${"x".repeat(1900)}`);
if (mode === "cut") process.exitCode = 4;
