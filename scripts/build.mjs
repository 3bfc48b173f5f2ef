import { existsSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { root, runNode } from "./program.mjs";

const compiler = "node_modules/typescript7/bin/tsc";
const commandLine = "packages/nanobrain/bundle/nanobrain.cjs";

/** Compiles what changed, drops output whose source is gone, bundles, offers the command line. True: done. */
export async function build() {
  for (const name of readdirSync(join(root, "packages"))) dropOrphans(join(root, "packages", name));
  if (runNode([compiler, "-b"]) !== 0) {
    console.error("Cannot build: mend the type errors above.");
    return false;
  }
  const { bundle } = await import("./bundle.mjs");
  await bundle();
  offer(join(root, commandLine));
  return true;
}

/** Lets `npx nanobrain` find it, as npm links only what is there when it installs. */
function offer(bin) {
  const link = join(root, "node_modules/.bin/nanobrain");
  if (process.platform === "win32") return;
  rmSync(link, { force: true });
  symlinkSync(relative(dirname(link), bin), link);
}

function dropOrphans(folder) {
  const dist = join(folder, "dist");
  if (!existsSync(dist)) return;
  for (const path of readdirSync(dist, { recursive: true })) {
    const module = /^(.*?)(\.d\.ts|\.js)(\.map)?$/.exec(path)?.[1];
    if (module !== undefined && !existsSync(join(folder, "src", `${module}.ts`))) rmSync(join(dist, path));
  }
}

if (process.argv[1] === resolve(import.meta.filename)) process.exitCode = (await build()) ? 0 : 1;
