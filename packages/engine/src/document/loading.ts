import type { DiagnosticCode } from "../errors/diagnostics.js";
import { budgets } from "./budgets.js";
import type { Place } from "./diagnostic.js";
import type { DocumentReader, Path, SourceRecord, WorkflowDocument } from "./document.js";
import { Faults } from "./faults.js";
import type { MapNode, Node } from "./node.js";
import { ending } from "./project-path.js";
import { readSource } from "./read-source.js";
import { sha256 } from "./sha256.js";
import { makeSource } from "./source.js";
import { decodeUtf8 } from "./utf8.js";

/** One load: what it may ask, what it found, what it used up. */
export type Loading = {
  readonly reader: DocumentReader;
  readonly faults: Faults;
  readonly files: Map<string, string | null>;
  readonly environment: Map<string, string | null>;
  /** Trees by file; null: unreadable, reported. */
  readonly trees: Map<string, Node | null>;
  /** Documents of nested workflows by file; null: unusable, reported. */
  readonly documents: Map<string, WorkflowDocument | null>;
  /** Steps of a document and all nested in it. */
  readonly stepCounts: WeakMap<WorkflowDocument, number>;
  /** Reads a workflow's tree; handed in, since workflows hold workflows. */
  readonly readWorkflow: WorkflowReader;
  readonly defaults: KindDefaults;
  readonly used: {
    bytes: number;
    files: number;
    nodes: number;
    environmentCharacters: number;
    environmentReferences: number;
  };
};

/** The YAML text that documents of a class start from; undefined: from nothing. */
export type KindDefaults = (className: string) => string | undefined;

export type WorkflowReader = (loading: Loading, written: WrittenWorkflow) => WorkflowDocument | undefined;

/** A workflow's raw tree, extended and with the environment's values in it, and where it stands. */
export type WrittenWorkflow = {
  readonly root: MapNode;
  readonly file: string;
  /** Leads from the top of the file to a workflow written in place; empty for one that is a file. */
  readonly prefix: Path;
  /** Files of the workflows around it, outermost first, its own last. */
  readonly nest: readonly string[];
  /** What a workflow written in place takes over from the one around it. */
  readonly inherited?: { readonly name: string; readonly className: string; readonly module: string | undefined };
};

/** Where a file is named: takes the complaint, and is the last link of the chain. */
export type Reference = {
  readonly chain: readonly Place[];
  /** The file as messages call it; what the environment put into its path is not shown. */
  readonly shown: string;
  readonly complain: (code: DiagnosticCode, message: string, hint?: string) => void;
};

export function startLoading(
  reader: DocumentReader,
  readWorkflow: WorkflowReader,
  defaults: KindDefaults = () => undefined,
): Loading {
  return {
    reader,
    defaults,
    readWorkflow,
    faults: new Faults(),
    files: new Map(),
    environment: new Map(),
    trees: new Map(),
    documents: new Map(),
    stepCounts: new WeakMap(),
    used: { bytes: 0, files: 0, nodes: 0, environmentCharacters: 0, environmentReferences: 0 },
  };
}

export function sourcesOf(loading: Loading): SourceRecord {
  return { files: Object.fromEntries(loading.files), environment: Object.fromEntries(loading.environment) };
}

/** A YAML file's raw tree. Undefined: a fault, reported here or at the reference. Each file is read and reported once. */
export function readTree(loading: Loading, file: string, reference: Reference): Node | undefined {
  const known = loading.trees.get(file);
  if (known === null) return undefined;
  const root = known ?? firstRead(loading, file, reference);
  loading.trees.set(file, root ?? null);
  if (root === undefined) return undefined;
  loading.used.nodes += root.weight;
  if (loading.used.nodes <= budgets.nodes) return root;
  reference.complain("E_LIMIT", `The files of this document hold more than ${budgets.nodes} values together`);
  return undefined;
}

function firstRead(loading: Loading, file: string, reference: Reference): Node | undefined {
  const bytes = readBytes(loading, file, reference);
  if (bytes === undefined) return undefined;
  const decoded = decodeUtf8(bytes);
  const source = makeSource(file, decoded.text, reference.chain);
  if ("problem" in decoded) {
    const span = { start: decoded.offset, end: decoded.offset + 1 };
    loading.faults.add(source, {
      code: "E_ENCODING",
      span,
      path: [],
      message: decoded.problem,
      hint: "save the file as UTF-8",
    });
    return undefined;
  }
  const { root, faults } = readSource(source);
  for (const fault of faults) loading.faults.add(source, fault);
  return root;
}

function readBytes(loading: Loading, file: string, reference: Reference): Uint8Array | undefined {
  const { used } = loading;
  if (![".yml", ".yaml", ".json"].includes(ending(file))) {
    reference.complain(
      "E_FILE_TYPE",
      `${reference.shown} is no YAML file by its name`,
      "documents and configs end in .yml, .yaml or .json",
    );
    return undefined;
  }
  if (++used.files > budgets.files) {
    reference.complain("E_LIMIT", `The document is made of more than ${budgets.files} files`);
    return undefined;
  }
  const result = loading.reader.read(file);
  loading.files.set(file, "bytes" in result ? sha256(result.bytes) : null);
  if ("bytes" in result && result.bytes.length <= budgets.fileBytes) {
    used.bytes += result.bytes.length;
    if (used.bytes <= budgets.totalBytes) return result.bytes;
    reference.complain("E_LIMIT", `The files of this document have more than ${budgets.totalBytes} bytes together`);
    return undefined;
  }
  complainOf(reference, "problem" in result ? result.problem : "too_large");
  return undefined;
}

type Problem = "missing" | "outside" | "not_a_file" | "too_large";

function complainOf(reference: Reference, problem: Problem): void {
  const { shown } = reference;
  switch (problem) {
    case "missing":
      reference.complain(
        "E_FILE_MISSING",
        `There is no file ${shown}`,
        "paths are relative to the file that says them",
      );
      return;
    case "outside":
      reference.complain(
        "E_PATH",
        `${shown} leads out of the project folder`,
        "move or copy the file into the project",
      );
      return;
    case "not_a_file":
      reference.complain("E_FILE_TYPE", `${shown} is no regular file`, "name a YAML file");
      return;
    case "too_large":
      reference.complain(
        "E_LIMIT",
        `${shown} is larger than ${budgets.fileBytes} bytes`,
        "split it, or pass large data in as an input",
      );
  }
}
