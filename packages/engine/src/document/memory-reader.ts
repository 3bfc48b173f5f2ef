import type { DocumentReader } from "./document.js";

/** Files by path, as text or bytes, and environment variables: a document's world in a test. */
export function memoryReader(
  files: Readonly<Record<string, string | Uint8Array>>,
  environment: Readonly<Record<string, string>> = {},
): DocumentReader {
  const contentOf = (path: string): string | Uint8Array | undefined =>
    Object.hasOwn(files, path) ? files[path] : undefined;
  return {
    read: (path) => {
      const content = contentOf(path);
      if (content === undefined) return { problem: "missing" };
      return { bytes: typeof content === "string" ? new TextEncoder().encode(content) : content };
    },
    exists: (path) => contentOf(path) !== undefined,
    environment: (name) => (Object.hasOwn(environment, name) ? environment[name] : undefined),
  };
}
