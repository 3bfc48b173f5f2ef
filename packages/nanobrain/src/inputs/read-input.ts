import type { Json, JsonSchema, Plan } from "@nanobrain/engine";

/** An input unit as `-i` needs it: how its text is to be read. */
export type InputUnit = {
  readonly name: string;
  readonly required: boolean;
  readonly reading: "text" | "file" | "json" | "either";
  /** Types its schema allows; empty: any. */
  readonly types: readonly string[];
};

export function inputUnits(plan: Plan): readonly InputUnit[] {
  const root = plan.workflows[0];
  return (root?.inputs ?? []).flatMap((index) => {
    const node = root?.nodes[index];
    if (node === undefined) return [];
    const port = node.ports[0];
    const types = typesOf(port?.schema);
    return [
      {
        name: node.name,
        required: port?.default === undefined && port?.optional !== true,
        reading: readingOf(node.unit?.class ?? "", types),
        types,
      },
    ];
  });
}

function typesOf(schema: JsonSchema | undefined): readonly string[] {
  if (schema === undefined || typeof schema === "boolean") return [];
  const type = schema["type"];
  if (typeof type === "string") return [type];
  return Array.isArray(type) ? type.filter((one): one is string => typeof one === "string") : [];
}

function readingOf(className: string, types: readonly string[]): InputUnit["reading"] {
  const short = className.slice(className.lastIndexOf(".") + 1);
  if (short === "DataUnitString") return "text";
  if (short === "DataUnitFile") return "file";
  if (types.length === 0) return "either";
  if (!types.includes("string")) return "json";
  return types.length === 1 ? "text" : "either";
}

/** A text read as the unit wants it, or why that cannot be. */
export function readText(unit: InputUnit, given: string): { readonly value: Json } | { readonly problem: string } {
  if (unit.reading === "text") return { value: given };
  const parsed = parseJson(given);
  if (unit.reading === "json") {
    return parsed ?? { problem: `${kindOf(unit)} is expected, ${JSON.stringify(shorten(given))} is no JSON` };
  }
  return parsed !== undefined && fits(unit, parsed.value) ? parsed : { value: given };
}

function parseJson(given: string): { readonly value: Json } | undefined {
  try {
    return { value: JSON.parse(given) as Json };
  } catch {
    return undefined;
  }
}

function fits(unit: InputUnit, value: Json): boolean {
  if (unit.types.length === 0) return true;
  const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return unit.types.includes(type) || (type === "number" && Number.isInteger(value) && unit.types.includes("integer"));
}

function kindOf(unit: InputUnit): string {
  const names = unit.types.map((type) =>
    type === "array" || type === "integer" || type === "object" ? `an ${type}` : `a ${type}`,
  );
  return names.join(" or ");
}

function shorten(given: string): string {
  return given.length <= 40 ? given : `${given.slice(0, 37)}...`;
}

/** What to type for an input that is missing. */
export function inputExample(unit: InputUnit): string {
  if (unit.reading === "file") return `-i ${unit.name}=FILE`;
  if (unit.reading === "text") return `-i ${unit.name}=TEXT`;
  if (unit.reading === "json" && unit.types.some((type) => type === "object" || type === "array"))
    return `-i ${unit.name}=@FILE.json`;
  return `-i ${unit.name}=${unit.types[0]?.toUpperCase() ?? "VALUE"}`;
}
