import type { Json, JsonObject } from "@nanobrain/engine";
import type { ReportVariables } from "./format-for-report.js";
import { isObject, textsOf } from "./json-parts.js";
import { found, plain } from "./methods-words.js";

/** How good the data were, and how they were prepared. */
export function collectionText({ data }: ReportVariables): string {
  const quality = found(data, "data_quality_score");
  const steps = found(data, "cleaning") ?? found(data, "counts") ?? found(data, "provenance");
  const score =
    typeof quality === "number" ? `The data had a quality score of ${Number(quality.toFixed(3))} (0 to 1).` : "";
  const kept = isObject(steps) ? cleaningText(steps) : undefined;
  const how = methodText(found(data, "method"));
  if (kept !== undefined) return [score, how, kept].filter((one) => one !== "").join(" ");
  const told = isObject(steps)
    ? Object.entries(steps)
        .flatMap(([name, value]) =>
          typeof value === "number" || typeof value === "string"
            ? [`${plain(name.replace(/_/g, " "))} ${plain(String(value))}`]
            : [],
        )
        .slice(0, 12)
    : textsOf(steps).map(plain).slice(0, 12);
  return [score, told.length === 0 ? "" : `Preparation of the data: ${told.join(", ")}.`]
    .filter((one) => one !== "")
    .join(" ");
}

/** The counts of DataPreprocessingStep as a sentence; undefined: they are others. */
function cleaningText({ given, clean, dropped, duplicates, invalid_before }: JsonObject): string | undefined {
  if (typeof given !== "number" || typeof clean !== "number") return undefined;
  const same = typeof duplicates === "number" && duplicates > 0 ? `, of them ${duplicates} as duplicates` : "";
  const left = clean === given ? `Cleaning kept all ${given} records` : `Cleaning kept ${clean} of ${given} records`;
  const out = typeof dropped === "number" && dropped > 0 ? ` and dropped ${dropped}${same}` : "";
  const before =
    typeof invalid_before === "number" && invalid_before > 0 ? `; ${invalid_before} did not fit the schema` : "";
  return `${left}${out}${before}.`;
}

/** What a DataPreprocessingStep was told to do, as a sentence. */
function methodText(method: Json | undefined): string {
  if (!isObject(method)) return "";
  const listed = (key: string): string => textsOf(method[key]).map(plain).join(", ");
  const parts = [
    ["rules", "cleaned by rules"],
    ["normalization", "made alike"],
    ["deduplication", "freed of duplicates"],
    ["outliers", "checked for outliers"],
    ["scaled", "scaled"],
  ].flatMap(([key = "", word = ""]) => (listed(key) === "" ? [] : [`${word} (${listed(key)})`]));
  return parts.length === 0 ? "" : `Records were ${parts.join("; ")}.`;
}
