import type { JsonSchema } from "../contracts/json.js";
import { type At, complain, foundText, labelOf } from "./at.js";
import { componentShape, includeFile, readComponent } from "./component.js";
import type { MergeName, UnitEntry } from "./document.js";
import { type Fields, readNamed, reportTwice } from "./fields.js";
import { jsonOf, objectOf, readChoice, readFlag, wrongType } from "./values.js";

export const mergeNames = ["single", "first", "list", "each", "collect"] as const satisfies readonly MergeName[];

type Section = UnitEntry["section"];
type Role = UnitEntry["role"];

const roles: { readonly [section in Section]: { readonly first: Role; readonly allowed: readonly Role[] } } = {
  input_data_units: { first: "input", allowed: ["input", "parameter"] },
  output_data_units: { first: "result", allowed: ["result", "metric"] },
  data_units: { first: "result", allowed: ["input", "parameter", "result", "metric"] },
};

/** Keys that may stand beside `class` or in `config`. */
const eitherPlace = ["schema", "default", "optional", "role", "merge"] as const;

const unitShape = componentShape("data unit", ["name", ...eitherPlace], {
  initial: "default",
  value: "default",
  required: "optional",
});

/** The units of one section, in document order; of a name used twice, the first. */
export function readUnits(at: At | undefined, section: Section): UnitEntry[] {
  if (at === undefined) return [];
  const seen = new Set<string>();
  const units: UnitEntry[] = [];
  for (const { name, at: entry } of readNamed(at, "data unit")) {
    if (seen.has(name)) reportTwice(entry, "data unit", name);
    const unit = seen.has(name) ? undefined : readUnit(entry, name, section);
    seen.add(name);
    if (unit !== undefined) units.push(unit);
  }
  return units;
}

function readUnit(at: At, name: string, section: Section): UnitEntry | undefined {
  const component = readComponent(at, unitShape);
  if (component === undefined) return undefined;
  const setting = (key: string): At | undefined => either(component.fields, key);
  const { first, allowed } = roles[section];
  const role = roleOf(setting("role"), first, allowed);
  const merge = setting("merge");
  const way = merge === undefined ? undefined : readChoice(merge, mergeNames);
  const optional = setting("optional");
  const schema = setting("schema");
  const read = schema === undefined ? undefined : readSchema(schema);
  const initial = setting("default");
  const config = component.fields.get("config");
  return {
    ...component.entry,
    config: config === undefined ? {} : objectOf(config, eitherPlace),
    name,
    section,
    role,
    optional: optional === undefined ? false : (readFlag(optional) ?? false),
    ...(way === undefined ? {} : { merge: way }),
    ...(read === undefined ? {} : { schema: read }),
    ...(initial === undefined ? {} : { default: { value: jsonOf(initial) } }),
  };
}

function roleOf(at: At | undefined, first: Role, allowed: readonly Role[]): Role {
  if (at === undefined) return first;
  const role = readChoice(at, ["input", "parameter", "result", "metric"] as const);
  if (role === undefined || allowed.includes(role)) return role ?? first;
  complain(at, "E_CONFLICT", `Role ${role} contradicts the section: ${allowed.join(" or ")} is expected there`, {
    hint: "move the unit to data_units, or change its role",
  });
  return first;
}

/** A setting beside `class` or in `config`; both is a fault. A null default is a value, other nulls are absent. */
function either(fields: Fields, key: string): At | undefined {
  const config = fields.get("config");
  const node = config?.reading.places.contentOf(config.node);
  const inside = node?.kind === "map" ? node.entries.get(key)?.value : undefined;
  const outside = fields.raw(key);
  const inner =
    inside === undefined || config === undefined ? undefined : { ...config, node: inside, path: [...config.path, key] };
  if (inner !== undefined && outside !== undefined) {
    complain(outside, "E_CONFLICT", `${labelOf(outside)} stands beside class and in config`, {
      part: "key",
      hint: "remove one of the two",
    });
  }
  const found = outside ?? inner;
  const absent = key !== "default" && found?.node.kind === "scalar" && found.node.value === null;
  return absent ? undefined : found;
}

/** A JSON Schema in place, or in the file that a path names. */
export function readSchema(at: At): JsonSchema | undefined {
  const { node } = at;
  if (node.kind === "scalar" && typeof node.value === "boolean") return node.value;
  const content = node.kind === "scalar" && typeof node.value === "string" ? includeFile(at) : node;
  if (content === undefined) return undefined;
  if (content.kind === "map") return objectOf(at);
  if (content === node) return wrongType(at, "a JSON Schema (a map, true or false), or the path of one");
  complain(at, "E_TYPE", `${foundText(node)} holds no JSON Schema: a map is expected`);
  return undefined;
}
