import { extname } from "node:path";

const byExtension: { readonly [extension: string]: string } = {
  ".csv": "text/csv",
  ".gz": "application/gzip",
  ".htm": "text/html",
  ".html": "text/html",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".json": "application/json",
  ".jsonl": "application/jsonl",
  ".md": "text/markdown",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".tsv": "text/tab-separated-values",
  ".txt": "text/plain",
  ".xml": "application/xml",
  ".yaml": "application/yaml",
  ".yml": "application/yaml",
  ".zip": "application/zip",
};

/** By the name alone; bytes of no known kind otherwise. */
export function mediaType(name: string): string {
  return byExtension[extname(name).toLowerCase()] ?? "application/octet-stream";
}
