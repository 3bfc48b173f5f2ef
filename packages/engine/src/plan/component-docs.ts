import type { ComponentDefinition, PortDeclaration, StepDefinition, Zod } from "../contracts/component.js";
import type { Json, JsonObject } from "../contracts/json.js";
import { shortName } from "./config-issues.js";
import { configJsonSchema } from "./known-keys.js";

/** A class's page in Markdown: what it does, its config, its ports. */
export async function componentDocs(definition: ComponentDefinition, zod: Zod): Promise<string> {
  const schema = definition.config(zod);
  const parts = [
    `# ${shortName(definition.class)}`,
    definition.summary,
    ...(definition.later === undefined ? [] : [`**${definition.later}.**`]),
    `${/^[aeio]/.test(definition.kind) ? "An" : "A"} ${definition.kind}. Class \`${definition.class}\`, version ${definition.version}.`,
    ...(definition.kind === "step" ? [placement(definition)] : []),
    configTable(configJsonSchema(zod, schema)),
    ...(definition.kind === "step" ? portTables(definition, schema.safeParse({})) : []),
    ...(definition.docs === undefined ? [] : [definition.docs.trim()]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function placement({ effects, executor }: StepDefinition): string {
  const cache = effects ? "Has effects outside, so its results are not cached unless asked." : "Results are cached.";
  return `${cache} Runs on \`${executor}\` unless the document says otherwise.`;
}

function configTable(schema: JsonObject): string {
  const properties = (schema["properties"] ?? {}) as { readonly [key: string]: JsonObject };
  const required = new Set((schema["required"] ?? []) as readonly string[]);
  const keys = Object.entries(properties);
  if (keys.length === 0) return "## Config\n\nNone.";
  const rows = keys.map(([key, property]) => {
    const initial = property["default"];
    const fallback = required.has(key) ? "required" : initial === undefined ? "" : code(JSON.stringify(initial));
    return row(code(key), typeText(property), fallback, String(property["description"] ?? ""));
  });
  return ["## Config", "", row("key", "type", "default", "meaning"), row("---", "---", "---", "---"), ...rows].join(
    "\n",
  );
}

function portTables(definition: StepDefinition, parsed: { success: boolean; data?: unknown }): readonly string[] {
  if (!parsed.success) return ["## Ports\n\nThey follow from the config."];
  const ports = definition.ports(parsed.data as JsonObject);
  return [portTable("Inputs", ports.inputs, ports.openInputs), portTable("Outputs", ports.outputs, ports.openOutputs)];
}

function portTable(title: string, ports: { readonly [name: string]: PortDeclaration }, open: boolean): string {
  const rows = Object.entries(ports).map(([name, port]) => {
    const type = typeof port.schema === "object" ? typeText(port.schema) : "any";
    return row(code(name), type, port.optional === true ? "optional" : "", port.description ?? "");
  });
  const others = open ? "Others as links and the document name them." : "";
  if (rows.length === 0) return `## ${title}\n\n${open ? "As links and the document name them." : "None."}`;
  const table = [row("port", "type", "", "meaning"), row("---", "---", "---", "---"), ...rows].join("\n");
  return [`## ${title}`, table, ...(others === "" ? [] : [others])].join("\n\n");
}

function typeText(schema: JsonObject): string {
  const values = schema["enum"];
  if (Array.isArray(values)) return values.map((value: Json) => code(String(value))).join(", ");
  const type = schema["type"];
  if (type === "array") return `list of ${typeText((schema["items"] ?? {}) as JsonObject)}`;
  if (typeof type === "string") return TYPES[type] ?? type;
  if (Array.isArray(type)) return type.map((one: Json) => TYPES[String(one)] ?? String(one)).join(" or ");
  const choices = schema["anyOf"];
  if (!Array.isArray(choices)) return "any";
  return [...new Set(choices.map((choice: Json) => typeText(choice as JsonObject)))].join(" or ");
}

const TYPES: { readonly [type: string]: string } = { string: "text", object: "map", array: "list" };

const code = (text: string): string => `\`${text}\``;

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replace(/\s+/g, " ")).join(" | ")} |`;
}
