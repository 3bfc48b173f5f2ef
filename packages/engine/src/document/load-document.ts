import { invisibleCharacter, lookAlike } from "./characters.js";
import type { DocumentReader, LoadedDocument, WorkflowDocument } from "./document.js";
import { resolveEnvironment } from "./environment.js";
import { extendTree, withDefaults } from "./extend.js";
import { type KindDefaults, type Loading, type Reference, readTree, sourcesOf, startLoading } from "./loading.js";
import { kindName, type Node } from "./node.js";
import { applyOverrides, type Override } from "./overrides.js";
import { quoted } from "./path-text.js";
import { readWorkflow } from "./workflow.js";

export type LoadOptions = {
  /** `--set path=value`: paths with dots between names, values as YAML scalars. */
  readonly set?: readonly Override[];
  /** What documents of a kind start from. */
  readonly defaults?: KindDefaults;
};

/**
 * Reads a document and all it is made of. Never throws for what a file holds: every fault is a diagnostic, all of them at
 * once. `file` is relative to the project folder; only `reader` is asked about the world. A document with errors is given
 * as far as it could be read, for further checks; only one without errors may be run.
 */
export function loadDocument(file: string, reader: DocumentReader, options: LoadOptions = {}): LoadedDocument {
  const loading = startLoading(reader, readWorkflow, options.defaults);
  const document = load(loading, file, options.set ?? []);
  return {
    ...(document === undefined ? {} : { document }),
    diagnostics: loading.faults.list(),
    sources: sourcesOf(loading),
  };
}

function load(loading: Loading, file: string, overrides: readonly Override[]): WorkflowDocument | undefined {
  const tree = readTree(loading, file, fileItself(loading, file));
  if (tree === undefined) return undefined;
  if (tree.kind !== "map") return reportNoMap(loading, tree);
  const extended = withDefaults(loading, extendTree(loading, tree, [], [file]));
  const root = applyOverrides(loading, extended, overrides);
  resolveEnvironment(loading, root, []);
  return readWorkflow(loading, { root, file, prefix: [], nest: [file] });
}

/** Complaints about the first file have no place that names it. */
function fileItself(loading: Loading, file: string): Reference {
  return {
    chain: [],
    shown: quoted(file),
    complain: (code, message, hint) => {
      const place = { file, line: 1, column: 1, path: "" };
      loading.faults.addMade(() => ({
        ...place,
        code,
        severity: "error",
        message,
        ...(hint === undefined ? {} : { hint }),
      }));
    },
  };
}

function reportNoMap(loading: Loading, node: Node): undefined {
  if (node.kind === "scalar" && node.faulty === true) return undefined;
  const text = node.kind === "scalar" ? node.text : "";
  const line = text.slice(0, 2000).replace(/[\n\t]/g, " ");
  const colon = /[\uff1a\ua789\u2236]/.exec(line)?.[0];
  const odd = invisibleCharacter(line) ?? lookAlike(colon ?? "", "anywhere");
  const code = odd === undefined ? "E_TYPE" : "E_ENCODING";
  const message = `The document is ${kindName(node)}: a map of name, steps, links and so on is expected`;
  const hint =
    odd === undefined ? "start with name: ... on a line of its own" : `it holds ${odd.description}; type it anew`;
  loading.faults.add(node.source, { code, span: node, path: [], message, hint });
  return undefined;
}
