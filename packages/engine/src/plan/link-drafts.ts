import type { Json, JsonObject, JsonSchema } from "../contracts/json.js";
import type { LinkEntry } from "../document/document.js";
import { checkConfig } from "./check-config.js";
import { fault, type Scope } from "./compilation.js";
import type { Draft, LinkDraft } from "./draft.js";
import { resolveCondition } from "./link-condition.js";
import { resolveTransform } from "./link-transform.js";
import { enterQueue } from "./queues.js";
import { readSchema } from "./read-schema.js";
import { resolveSource, resolveTarget } from "./references.js";
import { resolveClass } from "./resolve-class.js";

const KINDS: { readonly [className: string]: LinkDraft["kind"] } = {
  "nanobrain.core.link.DirectLink": "direct",
  "nanobrain.core.link.TransformLink": "transform",
  "nanobrain.core.link.ConditionalLink": "conditional",
  "nanobrain.core.link.QueueLink": "queue",
};

/** Adds a link, or one per target of a queue. A link with faults is left out, and the draft marked incomplete. */
export async function addLink(scope: Scope, draft: Draft, entry: LinkEntry): Promise<void> {
  const resolved = await resolveClass(scope, entry, "link");
  const definition = resolved?.from === "registry" ? resolved.definition : undefined;
  const config = definition === undefined ? undefined : await checkConfig(scope, definition, entry);
  const kind = definition === undefined ? undefined : KINDS[definition.class];
  if (definition !== undefined && kind === undefined)
    fault(
      scope,
      "E_CLASS_KIND",
      [...entry.path, "class"],
      `Class ${definition.class} is a link whose behaviour is not known`,
    );
  const made = config === undefined || kind === undefined ? false : await wire(scope, draft, entry, kind, config);
  if (!made) draft.incomplete = true;
}

async function wire(
  scope: Scope,
  draft: Draft,
  entry: LinkEntry,
  kind: LinkDraft["kind"],
  config: JsonObject,
): Promise<boolean> {
  const sourcePath = [...entry.configPath, "source"];
  const from = resolveSource(scope, draft, text(config["source"]), sourcePath);
  const given = from === undefined ? undefined : draft.nodes[from.node]?.outs.get(from.port)?.carried;
  const behaviour = await behaviourOf(scope, entry, kind, config, given);
  const queue = kind === "queue" && from !== undefined ? enterQueue(scope, draft, entry, config, from) : undefined;
  let made = from !== undefined && behaviour !== undefined;
  for (const target of targetsOf(config)) {
    const targetPath = [...entry.configPath, ...target.path];
    const to = resolveTarget(scope, draft, target.text, targetPath);
    if (from === undefined || to === undefined || behaviour === undefined) made = false;
    else
      connect(draft, {
        name: target.name(entry.name),
        kind,
        path: entry.path,
        sourcePath,
        targetPath,
        from,
        to,
        ...behaviour,
        ...(queue === undefined ? {} : { queue }),
      });
  }
  return made;
}

/** One target of a link; `text` as written. */
type Target = { readonly text: string; readonly path: readonly (string | number)[]; name(link: string): string };

function targetsOf(config: JsonObject): readonly Target[] {
  const several = config["targets"];
  if (!Array.isArray(several)) return [{ text: text(config["target"]), path: ["target"], name: (link) => link }];
  return several.map((one: Json, i) => ({ text: text(one), path: ["targets", i], name: (link) => `${link}[${i}]` }));
}

/** Enters a link on both sides. Of a queue's links only the first leaves its source: it stands for the queue. */
export function connect(draft: Draft, link: LinkDraft): void {
  const index = draft.links.push(link) - 1;
  const others = link.queue === undefined ? undefined : draft.queues[link.queue]?.links;
  if (others === undefined || others.length === 0) draft.nodes[link.from.node]?.outLinks.push(index);
  others?.push(index);
  draft.nodes[link.to.node]?.ports.get(link.to.port)?.links.push(index);
}

type Behaviour = Pick<
  LinkDraft,
  "condition" | "otherwise" | "transform" | "inputSchema" | "outputSchema" | "result" | "each"
>;

/** What happens to a value on its way. Undefined: a fault, reported. */
async function behaviourOf(
  scope: Scope,
  entry: LinkEntry,
  kind: LinkDraft["kind"],
  config: JsonObject,
  given: JsonSchema | undefined,
): Promise<Behaviour | undefined> {
  switch (kind) {
    case "direct":
      return { each: false };
    case "queue":
      return { each: config["each"] === true };
    case "conditional": {
      const condition = await resolveCondition(scope, entry, config, given);
      const otherwise = config["otherwise"] === "fail" ? "fail" : "skip";
      return condition === undefined ? undefined : { condition, otherwise, each: false };
    }
    case "transform": {
      const inputSchema = readSchema(scope, config["input_schema"], [...entry.configPath, "input_schema"]);
      const outputSchema = readSchema(scope, config["output_schema"], [...entry.configPath, "output_schema"]);
      const made = await resolveTransform(scope, entry, config, inputSchema ?? given);
      if (made === undefined) return undefined;
      const result = outputSchema ?? made.schema;
      return {
        transform: made.call,
        ...(inputSchema === undefined ? {} : { inputSchema }),
        ...(outputSchema === undefined ? {} : { outputSchema }),
        ...(result === undefined ? {} : { result }),
        each: false,
      };
    }
  }
}

const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
