import type { Scope } from "./compilation.js";
import { type Draft, type NodeDraft, newPort } from "./draft.js";
import { connect } from "./link-drafts.js";

/** The port of an open component's result where nobody names one. */
const defaultOutput = "output";

/** Components with open outputs, none of which is named, give their whole result. */
export function nameDefaultOutputs(draft: Draft): void {
  for (const node of draft.nodes) {
    if (node.kind === "step" && node.openOutputs && node.known && node.outs.size === 0)
      node.outs.set(defaultOutput, { name: defaultOutput, optional: true });
  }
}

/** A workflow that declares no outputs gives every output port that no link leaves, as `step.port`. */
export function addImplicitOutputs(scope: Scope, draft: Draft): void {
  if (scope.document.units.some((unit) => unit.section === "output_data_units")) return;
  const steps = draft.nodes.filter((node) => node.kind === "step");
  for (const step of steps) {
    const read = new Set(step.outLinks.map((link) => draft.links[link]?.from.port));
    const open = step.openOutputs && step.namedOuts.size > 0;
    for (const out of step.outs.values()) {
      if (out.onDemand === true || read.has(out.name) || (open && out.optional && !step.namedOuts.has(out.name)))
        continue;
      addOutput(draft, step, out.name);
    }
  }
}

function addOutput(draft: Draft, step: NodeDraft, port: string): void {
  const index = draft.nodes.length;
  const name = `${step.name}.${port}`;
  const out = step.outs.get(port);
  draft.nodes.push({
    index,
    name,
    kind: "output",
    path: step.path,
    ports: new Map([["value", newPort("value", { optional: true })]]),
    outs: new Map([
      ["value", { name: "value", optional: true, ...(out?.carried === undefined ? {} : { carried: out.carried }) }],
    ]),
    openInputs: false,
    openOutputs: false,
    known: true,
    outLinks: [],
    dependsOn: [],
    namedOuts: new Set(),
    setBy: "links",
    triggered: false,
    unit: { class: "nanobrain.core.unit.DataUnitMemory", role: "result" },
  });
  const path = step.path;
  connect(draft, {
    name,
    kind: "direct",
    path,
    sourcePath: path,
    targetPath: path,
    from: { node: step.index, port },
    to: { node: index, port: "value" },
    each: false,
  });
}
