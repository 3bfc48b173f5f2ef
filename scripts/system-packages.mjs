import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { runProgram } from "./program.mjs";

/** @typedef {{ readonly program: string, readonly debianPackage: string }} NeededProgram */

/**
 * Programs that tests start besides Node and what every Debian has, and the Debian package that brings each.
 * @type {readonly NeededProgram[]}
 */
export const neededPrograms = [
  { program: "strace", debianPackage: "strace" },
  { program: "pdftotext", debianPackage: "poppler-utils" },
];

/** Files by which packages are known whose programs lie elsewhere or that bring none: PostgreSQL's server, real answers of NCBI's E-utilities. */
export const neededFiles = [
  { file: "/usr/share/doc/postgresql", debianPackage: "postgresql" },
  { file: "/usr/share/doc/python-biopython-doc/Tests/Entrez/pubmed4.xml.gz", debianPackage: "python-biopython-doc" },
];

/**
 * Those of `programs` that no folder of `searchPath` holds.
 * @param {readonly NeededProgram[]} programs
 * @param {string} searchPath
 */
export function missingPrograms(programs, searchPath) {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== "");
  return programs.filter(({ program }) => !folders.some((folder) => isExecutable(join(folder, program))));
}

/** The one line that installs what is missing. */
export function installLine(missing) {
  return `apt-get install -y --no-install-recommends ${missing.map(({ debianPackage }) => debianPackage).join(" ")}`;
}

/** In CI as root: installs what is missing. Elsewhere: says how to. Tests without their program skip, loudly. */
export function prepareSystemPackages() {
  const missing = [
    ...missingPrograms(neededPrograms, process.env.PATH ?? ""),
    ...neededFiles.filter(({ file }) => !existsSync(file)),
  ];
  if (missing.length === 0) return;
  if (process.env.CI === "true" && process.getuid?.() === 0) {
    runProgram("apt-get", ["update", "-qq"]);
    runProgram("sh", ["-c", installLine(missing)], { DEBIAN_FRONTEND: "noninteractive" });
    return;
  }
  console.error(`Some tests will be skipped; to run them too: ${installLine(missing)}`);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] === resolve(import.meta.filename)) prepareSystemPackages();
