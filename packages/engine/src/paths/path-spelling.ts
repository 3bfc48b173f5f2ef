const maxPathBytes = 4_000;
const maxPartBytes = 255;
/** Short names of letters, digits and `_`, with at most one dot or dash between them: nothing can be wrong with these. */
const usual = /^(?=.{1,255}$)\w+(?:[.-]\w+)*(?:\/\w+(?:[.-]\w+)*)*$/;

/**
 * What is wrong with a path as it is written; undefined: nothing. Nothing is decoded: `%2e%2e` is a name like any other.
 * Only relative paths with `/` pass. That it stays inside a folder is for `resolveInside` to find out.
 */
export function pathFault(path: string): string | undefined {
  if (usual.test(path)) return undefined;
  if (path === "") return "it is empty";
  if (path.includes("\0")) return "it holds a NUL character";
  if (path.includes("\\")) return "it holds a backslash";
  if (/\p{Cc}/u.test(path)) return "it holds a control character";
  if (/\p{Cs}/u.test(path)) return "it holds half of a surrogate pair";
  if (path.startsWith("/")) return "it is absolute";
  if (path.startsWith("~")) return "it starts with ~";
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(path)) return "it starts with a scheme or drive";
  if (Buffer.byteLength(path) > maxPathBytes) return `it is longer than ${maxPathBytes} bytes`;
  return partFault(path.split("/"));
}

function partFault(parts: readonly string[]): string | undefined {
  if (parts.includes("..")) return "it holds ..";
  const long = parts.find((part) => Buffer.byteLength(part) > maxPartBytes);
  return long === undefined ? undefined : `a name in it is longer than ${maxPartBytes} bytes`;
}

/** The names of a path, without empty ones and `.`. */
export function pathParts(path: string): readonly string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}
