/** One event in words. */
export type Narration = {
  readonly seq: number;
  readonly at: number;
  readonly level: "debug" | "info" | "warn" | "error";
  /** Path of the step or trigger; empty for the run. */
  readonly step: string;
  readonly text: string;
};

export type Told = { readonly level: Narration["level"]; readonly text: string };

export const debug = (text: string): Told => ({ level: "debug", text });
export const tellInfo = (text: string): Told => ({ level: "info", text });
export const warn = (text: string): Told => ({ level: "warn", text });
export const tellError = (text: string): Told => ({ level: "error", text });
