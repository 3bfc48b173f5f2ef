import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { root } from "./program.mjs";

/**
 * Names in package-lock.json (of the project, or of the folder that is given) the binaries for other platforms that the
 * registry at hand did not have. npm leaves them out silently, and then refuses its own lockfile. Run it after a dependency
 * was changed; entries that npm wrote stay.
 */
function completeLockfile(folder = root) {
  const path = join(resolve(root, folder), "package-lock.json");
  const lock = JSON.parse(readFileSync(path, "utf8"));
  for (const [name, version, dev] of absentOptionals(lock.packages)) {
    lock.packages[`node_modules/${name}`] = { version, ...platformOf(name), ...(dev ? { dev } : {}), optional: true };
    console.log(`added ${name}@${version}`);
  }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")));
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
}

function absentOptionals(packages) {
  return Object.values(packages).flatMap(({ optionalDependencies = {}, dev = false }) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => packages[`node_modules/${name}`] === undefined)
      .map(([name, version]) => [name, version.replace(/^[~^]/, ""), dev]),
  );
}

/** What such a package says of the machines it is for, read off its name: `binding-linux-arm64-musl`. */
function platformOf(name) {
  const os = /(android|darwin|freebsd|linux|netbsd|openbsd|sunos|aix|openharmony|win32|windows)/.exec(name)?.[1];
  const cpu = /-(arm64|x64|ia32|arm|loong64|mips64el|ppc64|riscv64|s390x|wasm32)\b/.exec(name)?.[1];
  const libc = os !== "linux" ? undefined : /musl/.test(name) ? "musl" : /gnu/.test(name) ? "glibc" : undefined;
  return {
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(libc === undefined ? {} : { libc: [libc] }),
    ...(os === undefined ? {} : { os: [os === "windows" ? "win32" : os] }),
  };
}

if (process.argv[1] === resolve(import.meta.filename)) completeLockfile(process.argv[2]);
