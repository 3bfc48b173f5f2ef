import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Canary } from "./canaries.js";

/** Ways in which a text may have been written down, and what to look for. Written without a look at how the engine masks. */
export function spellings(value: string): ReadonlyMap<string, Buffer> {
  const json = JSON.stringify(value).slice(1, -1);
  const texts: { readonly [way: string]: string } = {
    plain: value,
    trimmed: value.trim(),
    JSON: json,
    "JSON for ASCII": json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
    "JSON in JSON": JSON.stringify(json).slice(1, -1),
    URL: encodeURIComponent(value),
    form: new URLSearchParams({ q: value }).toString().slice(2),
    HTML: value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
    "HTML by name": value
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;"),
    shell: value.replaceAll("'", "'\\''"),
    hex: Buffer.from(value).toString("hex"),
    HEX: Buffer.from(value).toString("hex").toUpperCase(),
  };
  const found = new Map(Object.entries(texts).map(([way, text]) => [way, Buffer.from(text)]));
  for (const offset of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
    // Without the characters that share bits with what is around it.
    const base64 = whole.toString("base64").slice(offset === 0 ? 0 : offset + 1, Math.floor((whole.length * 8) / 6));
    if (base64.length < 8) continue;
    found.set(`base64 at ${offset}`, Buffer.from(base64));
    found.set(`base64url at ${offset}`, Buffer.from(base64.replaceAll("+", "-").replaceAll("/", "_")));
  }
  found.set("UTF-16", Buffer.from(value, "utf16le"));
  found.set("UTF-16 big", Buffer.from(value, "utf16le").swap16());
  if (value.length >= 24 && !value.includes("\n")) {
    found.set("its first half", Buffer.from(value.slice(0, value.length >> 1)));
    found.set("its last half", Buffer.from(value.slice(value.length >> 1)));
  }
  return found;
}

export type Written = { readonly where: string; readonly bytes: Buffer };

/** Every hit, in words; empty: nothing got out. */
export function hitsIn(written: readonly Written[], canaries: readonly Canary[]): string[] {
  const needles = canaries.map(({ name, value }) => ({ name, ways: [...spellings(value)] }));
  return written.flatMap(({ where, bytes }) => {
    const joined = withoutLineEnds(bytes);
    return needles.flatMap(({ name, ways }) =>
      ways.flatMap(([way, needle]) => {
        if (bytes.includes(needle)) return [`${name} (${way}) in ${where}: ${around(bytes, needle)}`];
        const isLong = needle.length >= 24;
        return isLong && joined.includes(needle) ? [`${name} (${way}, over several lines) in ${where}`] : [];
      }),
    );
  });
}

function around(bytes: Buffer, needle: Buffer): string {
  const at = bytes.indexOf(needle);
  return JSON.stringify(bytes.subarray(Math.max(0, at - 60), at).toString("latin1"));
}

function withoutLineEnds(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString("latin1").replace(/\r?\n|\\n/g, ""), "latin1");
}

/** All files below a folder but those named. */
export function filesOf(folder: string, except: readonly string[]): Written[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !except.some((name) => path === join(folder, name) || path.startsWith(join(folder, name, "/"))))
    .map((path) => ({ where: path.slice(folder.length + 1), bytes: readFileSync(path) }));
}
