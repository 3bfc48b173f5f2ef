import { relative } from "node:path";
import { isFileValue, type Json, type Plan } from "@nanobrain/engine";
import type { Channel } from "../terminal/terminal.js";
import { fitEnd, oneLine, textWidth } from "../terminal/text-width.js";
import type { Delivered } from "./deliver-files.js";

/**
 * A line `name: value` per output: text as it is, all else as JSON, files as their path. A text of several lines is
 * written as JSON, so that each output is one line. Cut to the width on a terminal only.
 */
export function outputLines(
  outputs: { readonly [unit: string]: Json },
  delivered: readonly Delivered[],
  channel: Channel,
  folder: string,
): string[] {
  return Object.entries(outputs).map(([unit, value]) => {
    const files = delivered.filter((one) => one.unit === unit);
    const text = files.length > 0 ? filesText(value, files, folder) : valueText(value);
    if (!channel.isTerminal) return `${unit}: ${text}`;
    const { paint, width, marks } = channel.look;
    return `${paint.bold(unit)}: ${fitEnd(oneLine(text), width - textWidth(unit) - 2, marks.ellipsis)}`;
  });
}

function valueText(value: Json): string {
  if (isFileValue(value)) return `${value.name} (${value.size_bytes} bytes)`;
  return typeof value === "string" && !/[\r\n]/.test(value) ? value : JSON.stringify(value);
}

function filesText(value: Json, files: readonly Delivered[], folder: string): string {
  const paths = new Map(files.map((file) => [file.hash, shownPath(file.path, folder)]));
  const only = files[0];
  if (only !== undefined && files.length === 1 && (isFileValue(value) || only.hash === null))
    return shownPath(only.path, folder);
  return JSON.stringify(value, (_, inner: Json) => (isFileValue(inner) ? (paths.get(inner.$file) ?? inner) : inner));
}

/** Relative where that is shorter. */
export function shownPath(path: string, folder: string): string {
  const near = relative(folder, path);
  return near.length < path.length && !near.startsWith("../../..") ? near : path;
}

/** In the order of the document. */
export function orderedOutputs(plan: Plan, outputs: { readonly [unit: string]: Json }): { [unit: string]: Json } {
  const root = plan.workflows[0];
  const names = (root?.outputs ?? []).map((index) => root?.nodes[index]?.name ?? "");
  const known = names.filter((name) => Object.hasOwn(outputs, name));
  const others = Object.keys(outputs).filter((name) => !names.includes(name));
  return Object.fromEntries([...known, ...others].map((name) => [name, outputs[name] ?? null]));
}
