import type { Json, JsonObject } from "@nanobrain/engine";
import { isObject, objectsOf, textOf } from "../json-parts.js";
import type { ChartSpec } from "./chart-spec.js";

const mostCharts = 4;
const searchDepth = 4;

/**
 * Charts for a report that asks for none: publications by year and by venue where there are references, then what the data
 * has of numbers: the first lists of objects with a number, and objects of numbers.
 */
export function defaultCharts(variables: JsonObject): readonly ChartSpec[] {
  const data = ofData(variables["data"], "data", 0);
  const lists = data.filter((one) => one.y !== "value");
  const numbers = data.filter((one) => one.y === "value");
  return [...ofReferences(objectsOf(variables["references"])), ...lists, ...numbers].slice(0, mostCharts);
}

function ofReferences(references: readonly JsonObject[]): readonly ChartSpec[] {
  const years = new Set(references.flatMap((one) => (typeof one["year"] === "number" ? [one["year"]] : [])));
  const venues = references.flatMap((one) => textOf(one["venue"]) ?? []);
  const charts: ChartSpec[] = [];
  if (years.size > 1)
    charts.push({
      type: "bar",
      data: "references",
      name: "publications-by-year",
      x: "year",
      sort: "x",
      title: "Publications by year",
      x_title: "Year",
      y_title: "Publications",
    });
  if (new Set(venues).size > 1 && venues.length >= 4)
    charts.push({
      type: "bar",
      data: "references",
      name: "publications-by-venue",
      x: "venue",
      sort: "value",
      limit: 10,
      title: "Publications by venue (the ten most frequent)",
      x_title: "Venue",
      y_title: "Publications",
    });
  return charts;
}

/** What cleaned data says of its own making: no result. */
const bookkeeping = ["fields", "quality", "counts"];

/** Looks into objects, not into lists. */
function ofData(value: Json | undefined, path: string, depth: number): readonly ChartSpec[] {
  if (Array.isArray(value)) return ofRows(objectsOf(value), path);
  if (!isObject(value) || depth > searchDepth) return [];
  const isClean = value["data_quality_score"] !== undefined;
  const numbers = Object.values(value).filter((one) => typeof one === "number");
  const own = numbers.length >= 3 && numbers.length === Object.keys(value).length ? [ofNumbers(path)] : [];
  return [
    ...own,
    ...Object.entries(value).flatMap(([key, one]) =>
      key.includes(".") || (isClean && bookkeeping.includes(key)) ? [] : ofData(one, `${path}.${key}`, depth + 1),
    ),
  ];
}

function ofNumbers(path: string): ChartSpec {
  const title = titleOf(path);
  return {
    type: "bar",
    data: path,
    name: nameOf(path),
    x: "name",
    y: "value",
    title,
    x_title: "",
    y_title: "",
  };
}

/** As `extract_data_sources` counts them. */
function ofEngines(path: string): ChartSpec {
  const title = "Publications by the service that found them";
  const axes = { x_title: "", y_title: "Publications" };
  return { type: "bar", data: path, name: "publications-by-service", x: "name", y: "records", title, ...axes };
}

function ofRows(rows: readonly JsonObject[], path: string): readonly ChartSpec[] {
  if (rows.length < 3) return [];
  if (path.endsWith(".search.engines")) return [ofEngines(path)];
  const fields = [...new Set(rows.slice(0, 50).flatMap((row) => Object.keys(row)))];
  const isNumeric = (field: string) => rows.filter((row) => typeof row[field] === "number").length > rows.length / 2;
  const label = fields.find(
    (field) => rows.every((row) => textOf(row[field]) !== undefined) && typeof rows[0]?.[field] === "string",
  );
  const number = fields.find((field) => isNumeric(field) && !/(^|_)(id|index)$/i.test(field));
  if (number === undefined) return [];
  const name = nameOf(path);
  if (label === undefined || rows.length > 30)
    return [{ type: "histogram", data: path, name, x: number, title: `${titleOf(path)}: ${number}` }];
  return [{ type: "bar", data: path, name, x: label, y: number, title: `${titleOf(path)}: ${number} by ${label}` }];
}

function titleOf(path: string): string {
  const words = (path.split(".").at(-1) ?? path).replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function nameOf(path: string): string {
  return path.replace(/[^\w-]+/g, "-").slice(0, 60);
}
