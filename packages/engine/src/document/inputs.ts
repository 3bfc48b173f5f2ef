import type { Json, JsonObject } from "../contracts/json.js";
import { type At, below, complain } from "./at.js";
import type { InputEntry, LinkEntry, StepEntry } from "./document.js";
import { type Fields, makeShape, type Named, readFields, readNamed, reportTwice } from "./fields.js";
import { mergeNames, readSchema } from "./units.js";
import { checkId, jsonOf, objectOf, readChoice, readCode, readFlag, readTexts, refers, wrongType } from "./values.js";

export type Inputs = { readonly entries: readonly InputEntry[]; readonly links: readonly LinkEntry[] };

const inputKeys = [
  "name",
  "from",
  "when",
  "otherwise",
  "transform",
  "default",
  "hold",
  "merge",
  "optional",
  "schema",
  "description",
];
const inputShape = makeShape("input", inputKeys, [], {
  source: "from",
  condition: "when",
  if: "when",
  expression: "transform",
  value: "default",
});
const outputShape = makeShape("output", ["name", "schema", "optional", "description"]);
const inputMerges = mergeNames.filter((merge) => merge !== "collect");

/** A step's `inputs:`: constants, settings of ports, and links in short. */
export function readInputs(at: At | undefined, step: string): Inputs {
  if (at === undefined) return { entries: [], links: [] };
  const read = portsOf(at).map(({ name, at: entry }) => readInput(entry, step, name));
  return { entries: read.map(({ entry }) => entry), links: read.flatMap(({ links }) => links) };
}

function portsOf(at: At): readonly Named[] {
  const ports = new Map<string, Named>();
  for (const named of readNamed(at, "input")) {
    if (ports.has(named.name)) reportTwice(named.at, "input", named.name);
    else ports.set(named.name, named);
  }
  return [...ports.values()];
}

function readInput(
  at: At,
  step: string,
  port: string,
): { readonly entry: InputEntry; readonly links: readonly LinkEntry[] } {
  const plain = { port, hold: false, merge: "single", path: at.path } as const;
  if (at.node.kind !== "map") {
    return { entry: { ...plain, constant: true, default: { value: jsonOf(at) } }, links: [] };
  }
  const fields = readFields(at, inputShape);
  if (fields === undefined) return { entry: { ...plain, constant: false }, links: [] };
  const links = readShortLinks(fields, `${step}.${port}`);
  return { entry: { ...plain, ...settingsOf(fields) }, links };
}

function settingsOf(fields: Fields): Omit<InputEntry, "port" | "path"> {
  const hold = fields.get("hold");
  const merge = fields.get("merge");
  const optional = fields.get("optional");
  const isOptional = optional === undefined ? undefined : readFlag(optional);
  const schema = fields.get("schema");
  const shape = schema === undefined ? undefined : readSchema(schema);
  const initial = fields.raw("default");
  return {
    constant: false,
    hold: hold === undefined ? false : (readFlag(hold) ?? false),
    merge: merge === undefined ? "single" : (readChoice(merge, inputMerges) ?? "single"),
    ...(isOptional === undefined ? {} : { optional: isOptional }),
    ...(shape === undefined ? {} : { schema: shape }),
    ...(initial === undefined ? {} : { default: { value: jsonOf(initial) } }),
  };
}

/** `from` (one source or several), with `when` or `transform`, as links of their own, named for their target. */
function readShortLinks(fields: Fields, target: string): LinkEntry[] {
  const { at } = fields;
  const from = fields.get("from");
  const when = fields.get("when");
  const transform = fields.get("transform");
  if (from === undefined) {
    for (const key of [when, transform, fields.get("otherwise")]) {
      if (key !== undefined)
        complain(key, "E_CONFLICT", `${String(key.path.at(-1))} needs from: there is no link to apply it to`, {
          part: "key",
        });
    }
    return [];
  }
  if (when !== undefined && transform !== undefined) {
    complain(when, "E_CONFLICT", "when and transform cannot stand together", {
      part: "key",
      hint: "link through a data unit: one link each",
    });
  }
  const sources = readTexts(from) ?? [];
  const [className, config] = linkFor(fields, when, transform);
  return sources.map((source, i) => ({
    className,
    name: sources.length === 1 ? target : `${target}.${i + 1}`,
    config: { source, target, ...config },
    path: at.path,
    configPath: at.path,
    short: true,
  }));
}

function linkFor(
  fields: Fields,
  when: At | undefined,
  transform: At | undefined,
): [className: string, config: JsonObject] {
  const otherwise = fields.get("otherwise");
  if (when !== undefined) {
    const closed = otherwise === undefined ? undefined : readChoice(otherwise, ["skip", "fail"] as const);
    const condition = when.node.kind === "map" ? objectOf(when) : (readCode(when) ?? "true");
    return ["ConditionalLink", { condition, ...(closed === undefined ? {} : { otherwise: closed }) }];
  }
  if (otherwise !== undefined) complain(otherwise, "E_CONFLICT", "otherwise needs when", { part: "key" });
  return transform === undefined ? ["DirectLink", {}] : ["TransformLink", transformOf(transform)];
}

const transformKeys = ["expression", "transform_function", "mapping", "input_schema", "output_schema"];

/** The name of a function, an expression, the config of a TransformLink, or a mapping of fields. */
function transformOf(at: At): JsonObject {
  if (at.node.kind === "map") {
    const config = objectOf(at);
    const isConfig = Object.keys(config).some((key) => transformKeys.includes(key));
    if (refersAnywhere(at))
      complain(at, "E_ENV", "transform holds an environment reference, which is not replaced there");
    return isConfig ? config : { mapping: config };
  }
  const text = readCode(at);
  if (text === undefined) return { expression: "$" };
  return isFunctionName(text) ? { transform_function: text } : { expression: text };
}

function refersAnywhere(at: At): boolean {
  return at.node.kind === "map" && [...at.node.entries.values()].some(({ value }) => refers(value));
}

/** `to_papers`, `nanobrain.library.text.upper`, `./shape.ts#toPapers`. */
function isFunctionName(text: string): boolean {
  return (
    /^[A-Za-z_$][\w$]*$/.test(text) ||
    /#[A-Za-z_$][\w$]*$/.test(text) ||
    /^nanobrain(?:\.[A-Za-z_$][\w$]*)+$/.test(text)
  );
}

/** A step's `outputs:`: names, or a map of ports with their schemas. */
export function readOutputs(at: At | undefined): StepEntry["outputs"] {
  if (at === undefined) return [];
  if (at.node.kind === "list") return at.node.items.flatMap((node, i) => listedOutput(below(at, i, node)));
  if (at.node.kind === "scalar") {
    wrongType(at, "a list of ports, or a map of ports with their schemas");
    return [];
  }
  return [...at.node.entries].map(([port, { value }]) => {
    const entry = below(at, port, value);
    checkId(entry, port, "Output", "key");
    return outputOf(entry, port);
  });
}

function listedOutput(at: At): StepEntry["outputs"] {
  const name: Json = at.node.kind === "scalar" ? at.node.value : null;
  if (typeof name === "string") {
    checkId(at, name, "Output", "value");
    return [{ port: name, optional: false }];
  }
  if (at.node.kind !== "map") {
    wrongType(at, "the name of a port");
    return [];
  }
  const named = at.node.entries.get("name")?.value;
  const port = named?.kind === "scalar" && typeof named.value === "string" ? named.value : undefined;
  if (port !== undefined) return [outputOf(at, port)];
  complain(at, "E_MISSING", "An output of this list has no name", { hint: "add name: ..." });
  return [];
}

function outputOf(at: At, port: string): StepEntry["outputs"][number] {
  if (at.node.kind === "scalar" && at.node.value === null) return { port, optional: false };
  const fields = readFields(at, outputShape);
  const schema = fields?.get("schema");
  const shape = schema === undefined ? undefined : readSchema(schema);
  const optional = fields?.get("optional");
  return {
    port,
    optional: optional === undefined ? false : (readFlag(optional) ?? false),
    ...(shape === undefined ? {} : { schema: shape }),
  };
}
