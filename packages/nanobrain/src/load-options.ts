import { type LoadOptions, nanobrainError } from "@nanobrain/engine";
import { type Call, text, texts } from "./call.js";

const strategies = ["sequential", "parallel", "graph", "event_driven"] as const;
const executors = ["local", "thread", "process", "parsl"] as const;

/** `--set`, `--strategy` and `--executor` as the engine takes them. */
export function loadOptions(call: Call): LoadOptions {
  const executor = executorOf(text(call, "executor"));
  const strategy = strategyOf(text(call, "strategy"));
  return {
    set: texts(call, "set").map(splitSetting),
    ...(strategy === undefined ? {} : { strategy }),
    ...(executor === undefined ? {} : { executor }),
  };
}

function executorOf(given: string | undefined): string | undefined {
  if (given === undefined || executors.some((one) => one === given)) return given;
  throw nanobrainError("E_USAGE", {
    problem: `Cannot use --executor ${given}: it is no executor, one of ${executors.join(", ")} is expected`,
  });
}

function strategyOf(given: string | undefined): (typeof strategies)[number] | undefined {
  if (given === undefined) return undefined;
  const name = given === "graph_based" ? "graph" : given;
  const found = strategies.find((one) => one === name);
  if (found !== undefined) return found;
  throw nanobrainError("E_USAGE", {
    problem: `Cannot use --strategy ${given}: it is no strategy, one of ${strategies.join(", ")} is expected`,
  });
}

function splitSetting(setting: string): readonly [string, string] {
  const at = setting.indexOf("=");
  if (at > 0) return [setting.slice(0, at), setting.slice(at + 1)];
  throw nanobrainError("E_USAGE", {
    problem: `Cannot use --set ${setting}: PATH=VALUE is expected, such as steps.read.config.limit=5`,
  });
}
