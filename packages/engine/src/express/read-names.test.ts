import { expect, it } from "vitest";
import { readNames } from "./read-names.js";

const proven: readonly (readonly [text: string, names: readonly string[]])[] = [
  ["({ inputs }) => inputs.a", ["inputs"]],
  ["async ({ inputs, config: c, log, }) => {}", ["inputs", "config", "log"]],
  ["run({ inputs }) { return {}; }", ["inputs"]],
  ["async run({\n    inputs,\n    signal,\n  }) {}", ["inputs", "signal"]],
  ["function step({ inputs }) {}", ["inputs"]],
  ["() => ({ out: 1 })", []],
  ["async run() {}", []],
];

const doubtful: readonly string[] = [
  "(given) => given.inputs",
  "({ inputs, ...rest }) => rest",
  "({ inputs: { a } }) => a",
  "({ inputs = {} }) => inputs",
  "({ [name]: value }) => value",
  "function ({ inputs }) { return arguments[0]; }",
  "({ inputs }) => eval('inputs')",
  "(...all) => all",
  "({ inputs }, more) => more",
  "({ inputs } = {}) => inputs",
  "/* ({ inputs }) */ (given) => given",
  "function () { [native code] }",
  "given => given",
  "run(/* nothing */ given) {}",
];

it.each(proven)("readNames %s: what it can see", (text, names) => {
  expect([...(readNames(text) ?? ["?"])]).toEqual(names);
});

it.each(doubtful.filter((text) => !text.startsWith("function ()")))("readNames %s: it may see all", (text) => {
  expect(readNames(text)).toBeUndefined();
});
