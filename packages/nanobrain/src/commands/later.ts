import type { CommandMain } from "../command-spec.js";

/** Commands that are promised and not there yet say so. */
export function laterCommand(name: string): CommandMain {
  return async ({ terminal }) => {
    terminal.err.line(`nanobrain ${name} is not there yet in this version.`);
    return 2;
  };
}
