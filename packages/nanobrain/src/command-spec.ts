import type { Call } from "./call.js";

export type OptionSpec = {
  /** Long name without dashes, such as `input-file` or `no-cache`. */
  readonly name: string;
  readonly short?: string;
  /** What stands for its value in the help; absent: the option is a switch. */
  readonly value?: string;
  /** May be given several times. */
  readonly many?: boolean;
  readonly about: string;
};

export type OperandSpec = { readonly name: string; readonly many?: boolean; readonly optional?: boolean };

export type CommandMain = (call: Call) => Promise<number>;

export type CommandSpec = {
  readonly name: string;
  readonly summary: string;
  readonly operands: readonly OperandSpec[];
  readonly options: readonly OptionSpec[];
  /** Set for commands that are not there yet: nothing else of the entry is used but for the help. */
  readonly later?: boolean;
  load(): Promise<CommandMain>;
};
