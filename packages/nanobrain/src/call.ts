import type { Terminal } from "./terminal/terminal.js";

export type OptionValue = string | boolean | readonly (string | boolean)[] | undefined;

/** One use of a command: what was typed, and where it may write. */
export type Call = {
  readonly operands: readonly string[];
  readonly options: { readonly [name: string]: OptionValue };
  readonly terminal: Terminal;
};

export function flag(call: Call, name: string): boolean {
  return call.options[name] === true;
}

export function text(call: Call, name: string): string | undefined {
  const value = call.options[name];
  return typeof value === "string" ? value : undefined;
}

export function texts(call: Call, name: string): readonly string[] {
  const value = call.options[name];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

/** The operand at a position; the parser has made sure that required ones are there. */
export function operand(call: Call, position: number): string {
  return call.operands[position] ?? "";
}
