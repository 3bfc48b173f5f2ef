/** A path relative to the project folder, or why the text is none. */
export type ProjectPath = { readonly path: string } | { readonly problem: string };

/**
 * Reads a path as a file says it, relative to that file. Nothing is decoded: no absolute paths, drive letters, schemes, `~`,
 * backslashes, NUL or other controls, and no way out of the project folder. Says nothing of what lies on the disk.
 */
export function projectPath(from: string, written: string): ProjectPath {
  if (written.trim() === "") return { problem: "is empty" };
  if (written.length > 1024) return { problem: "is longer than 1024 characters" };
  if (/\p{Cc}/u.test(written)) return { problem: "holds a control character" };
  if (written.includes("\\")) return { problem: "holds a backslash; folders are separated by /" };
  if (written.startsWith("/")) return { problem: "is absolute" };
  if (written.startsWith("~")) return { problem: "starts with ~, which stands for a home folder" };
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(written)) return { problem: "is an address or names a drive" };
  const parts = from.split("/").slice(0, -1);
  for (const part of written.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return { problem: "leaves the project folder" };
  }
  return parts.length === 0 ? { problem: "names a folder" } : { path: parts.join("/") };
}

/** The file's ending in small letters, with its dot, or "". */
export function ending(path: string): string {
  return /\.[^./]*$/.exec(path)?.[0].toLowerCase() ?? "";
}
