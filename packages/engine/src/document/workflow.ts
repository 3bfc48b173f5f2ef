import { type At, complain, type Reading } from "./at.js";
import { readBudget } from "./budget.js";
import { budgets } from "./budgets.js";
import { componentShape, readComponent } from "./component.js";
import type { ComponentEntry, WorkflowDocument } from "./document.js";
import { type Fields, makeShape, readFields, readNamed, reportTwice } from "./fields.js";
import type { Loading, WrittenWorkflow } from "./loading.js";
import { isPlainWorkflow } from "./nested-workflow.js";
import { TreePlaces } from "./places.js";
import { readPools } from "./pools.js";
import {
  readCompletion,
  readErrorHandling,
  readMonitoring,
  readRecovery,
  readStrategy,
  readWorkflowExecutor,
} from "./settings.js";
import { readRunnable, readSteps, reportSharedNames } from "./steps.js";
import { readUnits } from "./units.js";
import { checkId, objectOf, readCode, readText, readVersion, wrongType } from "./values.js";
import { defaultModule, readModule } from "./workflow-module.js";

const known = [
  "name",
  "class",
  "description",
  "version",
  "extends",
  "module",
  "execution_strategy",
  "error_handling",
  "error_handling_config",
  "on_failure",
  "on_success",
  "on_pause",
  "completion",
  "input_data_units",
  "output_data_units",
  "data_units",
  "steps",
  "links",
  "triggers",
  "executor",
  "resources",
  "budget",
  "monitoring",
];

const synonyms: Readonly<Record<string, string>> = {
  inputs: "input_data_units",
  input: "input_data_units",
  outputs: "output_data_units",
  output: "output_data_units",
  units: "data_units",
  tasks: "steps",
  nodes: "steps",
  jobs: "steps",
  edges: "links",
  strategy: "execution_strategy",
  title: "description",
  budgets: "budget",
  agent_budget: "budget",
  max_retries: "error_handling_config",
  timeout: "error_handling_config",
};

const workflowShape = makeShape("workflow", known, [], synonyms);
const hookShape = componentShape("hook");
const wiringShapes = { link: componentShape("link", ["name"]), trigger: componentShape("trigger", ["name"]) } as const;

/** Reads a workflow's tree into a document; reports what does not fit. Undefined: nothing usable. */
export function readWorkflow(loading: Loading, written: WrittenWorkflow): WorkflowDocument | undefined {
  const { root, file, prefix, nest, inherited } = written;
  const places = new TreePlaces(root, prefix);
  const reading: Reading = { loading, places, file, prefix, nest, module: inherited?.module };
  const className = classNameOf({ reading, node: root, path: [] }) ?? inherited?.className ?? "Workflow";
  const required = [...(inherited === undefined ? ["name"] : []), ...(isPlainWorkflow(className) ? ["steps"] : [])];
  const fields = readFields({ reading, node: root, path: [] }, { ...workflowShape, required });
  if (fields === undefined) return undefined;
  const module =
    readModule(fields) ?? inherited?.module ?? (inherited === undefined ? defaultModule(loading, file) : undefined);
  const inside = { ...fields, ...withReading(fields, { ...reading, module }) };
  const document: WorkflowDocument = {
    file,
    places,
    ...identityOf(fields, inherited?.name ?? "workflow", className),
    ...(module === undefined ? {} : { module }),
    ...settingsOf(inside),
    ...partsOf(inside, reading),
  };
  countSteps(reading, document);
  return document;
}

/** The same fields, read as part of a document whose module is known. */
function withReading(fields: Fields, reading: Reading): Fields {
  const moved = (at: At | undefined): At | undefined => (at === undefined ? undefined : { ...at, reading });
  return {
    at: { ...fields.at, reading },
    get: (key) => moved(fields.get(key)),
    raw: (key) => moved(fields.raw(key)),
  };
}

function classNameOf(at: At): string | undefined {
  const node = at.node.kind === "map" ? at.node.entries.get("class")?.value : undefined;
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
}

function identityOf(fields: Fields, otherName: string, className: string) {
  const name = fields.get("name");
  const written = name === undefined ? undefined : readText(name);
  if (name !== undefined && written !== undefined) checkId(name, written, "Name of the workflow", "value");
  const named = fields.get("class");
  const description = fields.get("description");
  const version = fields.get("version");
  const text = description === undefined ? undefined : readText(description);
  const number = version === undefined ? undefined : readVersion(version);
  return {
    name: written ?? otherName,
    className: named === undefined ? className : (readCode(named) ?? className),
    ...(text === undefined ? {} : { description: text }),
    ...(number === undefined ? {} : { version: number }),
  };
}

function settingsOf({ get }: Fields) {
  const executor = readWorkflowExecutor(get("executor"));
  const budget = readBudget(get("budget"));
  const metadata = get("metadata");
  if (metadata !== undefined && metadata.node.kind !== "map") wrongType(metadata, "a map");
  return {
    strategy: readStrategy(get("execution_strategy")),
    errorHandling: readErrorHandling(get("error_handling")),
    recovery: readRecovery(get("error_handling_config")),
    hooks: hooksOf(get),
    completion: readCompletion(get("completion")),
    ...(executor === undefined ? {} : { executor }),
    pools: readPools(get("resources")),
    ...(budget === undefined ? {} : { budget }),
    monitoring: readMonitoring(get("monitoring")),
    metadata: metadata === undefined ? {} : objectOf(metadata),
  };
}

function hooksOf(get: Fields["get"]): WorkflowDocument["hooks"] {
  const hook = (key: string): ComponentEntry | undefined => {
    const at = get(key);
    return at === undefined ? undefined : readRunnable(at, hookShape);
  };
  const [onFailure, onSuccess, onPause] = [hook("on_failure"), hook("on_success"), hook("on_pause")];
  return {
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(onSuccess === undefined ? {} : { onSuccess }),
    ...(onPause === undefined ? {} : { onPause }),
  };
}

function partsOf({ get }: Fields, reading: Reading) {
  const inputs = readUnits(get("input_data_units"), "input_data_units");
  const outputs = readUnits(get("output_data_units"), "output_data_units");
  const inner = readUnits(get("data_units"), "data_units");
  const outer = new Set([...inputs, ...outputs].map(({ name }) => name));
  for (const { name, path } of inner) if (outer.has(name)) reportTwice({ reading, path }, "data unit", name);
  const { steps, links: short } = readSteps(get("steps"));
  reportSharedNames(reading, steps, new Set([...outer, ...inner.map(({ name }) => name)]));
  const links = readWiring(get("links"), "link").map((link) => ({ ...link, short: false }));
  return {
    units: [...inputs, ...inner, ...outputs],
    steps,
    links: [...links, ...short],
    triggers: readWiring(get("triggers"), "trigger"),
  };
}

/** Links or triggers by name. */
function readWiring(at: At | undefined, what: "link" | "trigger"): (ComponentEntry & { readonly name: string })[] {
  if (at === undefined) return [];
  const seen = new Set<string>();
  const entries: (ComponentEntry & { readonly name: string })[] = [];
  for (const { name, at: entry } of readNamed(at, what)) {
    if (seen.has(name)) reportTwice(entry, what, name);
    const component = readComponent(entry, wiringShapes[what]);
    if (component !== undefined && !seen.has(name)) entries.push({ ...component.entry, name });
    seen.add(name);
  }
  return entries;
}

function countSteps(reading: Reading, document: WorkflowDocument): void {
  const { stepCounts } = reading.loading;
  let count = document.steps.length;
  for (const { workflow, fallback } of document.steps) {
    for (const inner of [workflow, fallback?.workflow]) if (inner !== undefined) count += stepCounts.get(inner) ?? 0;
  }
  stepCounts.set(document, count);
  if (count <= budgets.steps || document.steps.length > budgets.steps) return;
  complain(
    { reading, path: ["steps"] },
    "E_LIMIT",
    `The document and the workflows in it have more than ${budgets.steps} steps`,
    { part: "key" },
  );
}
