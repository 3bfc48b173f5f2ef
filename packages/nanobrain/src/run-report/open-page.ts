import { spawn } from "node:child_process";

/** Shows a file in the browser, if there is a desktop. What comes of it is nobody's concern: the file is written. */
export function openPage(path: string, environment: { readonly [name: string]: string | undefined }): void {
  const isDesktop = process.platform !== "linux" || "DISPLAY" in environment || "WAYLAND_DISPLAY" in environment;
  if (!isDesktop) return;
  const [program, ...before] =
    process.platform === "darwin" ? ["open"] : process.platform === "win32" ? ["explorer.exe"] : ["xdg-open"];
  const child = spawn(program ?? "", [...before, path], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
