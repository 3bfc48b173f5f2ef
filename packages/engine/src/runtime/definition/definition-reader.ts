import type { DocumentReader } from "../../document/document.js";
import type { WorkflowDefinition } from "./workflow-definition.js";

/** Characters that a document may hold in escapes only. */
const unseen = /[\p{Cf}\p{Co}\p{Cn}\u007f-\u009f\u2028\u2029]/gu;

const escaped = (text: string): string =>
  text.replace(unseen, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
    ).join(""),
  );

/**
 * The definition's document as a file of its own in the project's folder, beside those that are there. It is named for what
 * made it, so that diagnostics lead there; its text is what they show.
 */
export function definitionReader(
  definition: WorkflowDefinition<unknown, unknown>,
  files: DocumentReader,
): { readonly file: string; readonly reader: DocumentReader } {
  const file = `defineWorkflow(${definition.name.replace(/[^\w-]/g, "_").slice(0, 128)}).json`;
  const bytes = new TextEncoder().encode(escaped(JSON.stringify(definition.document, null, 2)));
  const reader: DocumentReader = {
    read: (path) => (path === file ? { bytes } : files.read(path)),
    exists: (path) => path === file || files.exists(path),
    environment: (name) => files.environment(name),
  };
  return { file, reader };
}
