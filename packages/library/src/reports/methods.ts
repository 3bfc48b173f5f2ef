import type { ReportVariables } from "./format-for-report.js";
import { isObject, textOf } from "./json-parts.js";
import { collectionText } from "./methods-data.js";
import { searchText } from "./methods-search.js";
import { code, plain } from "./methods-words.js";

/** What a report's own step knows of how the report was made. */
export type Making = {
  readonly nanobrain: string;
  readonly library: string;
  readonly node: string;
  readonly runId: string;
  /** ISO text. */
  readonly madeAt: string;
  readonly formats: readonly string[];
  readonly template: string;
};

/** The methods paragraph, Markdown: only what the input says and the step knows; what is not known is not mentioned. */
export function methodsText(variables: ReportVariables, charts: number, making: Making): string {
  const paragraphs = [
    searchText(variables),
    collectionText(variables),
    analysisText(variables),
    `The report was made on ${making.madeAt.slice(0, 10)} by NanoBrain ${making.nanobrain} (library ${making.library}, Node.js ${making.node}) in run ${code(making.runId)}, from ${making.template}${charts === 0 ? "" : `, with ${charts} ${charts === 1 ? "chart" : "charts"} drawn from the data`}.`,
  ];
  return paragraphs.filter((one) => one !== "").join("\n\n");
}

function analysisText({ model, agent, usage, prompt }: ReportVariables): string {
  const agentClass = isObject(agent) ? textOf(agent["class"])?.split(".").at(-1) : undefined;
  if (model === "" && agentClass === undefined) return "";
  const who =
    agentClass === undefined ? "The analysis was made" : `The analysis was made by an agent (${plain(agentClass)})`;
  const said = model === "" ? "" : ` with the model ${code(model)}`;
  const used = isObject(usage)
    ? [
        ["calls", "calls"],
        ["input_tokens", "tokens read"],
        ["output_tokens", "tokens written"],
      ].flatMap(([field = "", word = ""]) =>
        typeof usage[field] === "number"
          ? [`${usage[field]} ${usage[field] === 1 ? word.replace(/s\b/, "") : word}`]
          : [],
      )
    : [];
  const cost =
    isObject(usage) && typeof usage["cost_usd"] === "number" && usage["cost_usd"] > 0
      ? [`${Number(usage["cost_usd"].toFixed(4))} US dollars`]
      : [];
  const all = [...used, ...cost];
  const task =
    prompt === "" ? "" : ` The task it was given: “${plain(prompt.slice(0, 600))}${prompt.length > 600 ? " ..." : ""}”`;
  return `${who}${said}${all.length === 0 ? "" : ` (${all.join(", ")})`}.${task}`;
}
