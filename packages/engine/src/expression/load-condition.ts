import type { Condition } from "./condition.js";

/** Loads the language of conditions and gives its compiler. */
export async function loadCondition(): Promise<(source: string) => Condition> {
  return (await import("./condition.js")).compileCondition;
}
