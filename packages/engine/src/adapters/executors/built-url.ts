/**
 * Threads load built files only. The address itself when this file is a built one; else, run from its source, that of what
 * the source is built into.
 */
export function builtUrl(url: string): string {
  const at = url.lastIndexOf("/src/");
  if (!import.meta.url.endsWith(".ts") || at < 0) return url;
  return `${url.slice(0, at)}/dist/${url.slice(at + 5).replace(/\.ts$/, ".js")}`;
}
