import { accessSync, constants } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { delimiter, join } from "node:path";
import type { Finding } from "./finding.js";

type Environment = { readonly [name: string]: string | undefined };

/** Programs that documents often call. None of them is needed. */
const programs = ["git", "curl", "python3", "jq", "sqlite3"];

export async function examineMachine(environment: Environment, folder: string): Promise<readonly Finding[]> {
  return [
    nodeFinding(process.versions.node),
    {
      area: "machine",
      subject: "resources",
      level: "good",
      text: `${availableParallelism()} cores, ${(totalmem() / 2 ** 30).toFixed(1)} GiB of memory`,
    },
    await driverFinding(),
    folderFinding(folder),
    ...programs.map((program) => programFinding(program, environment)),
  ];
}

export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const enough = major > 20 || (major === 20 && minor >= 20);
  const text = enough ? version : `${version} is too old: 20.20 or newer is needed`;
  return { area: "machine", subject: "node", level: enough ? "good" : "bad", text };
}

/** SQLite comes with newer versions of Node; older ones use the one of a package. */
async function driverFinding(): Promise<Finding> {
  const subject = "sqlite";
  const area = "machine";
  const name = "node:sqlite";
  try {
    await import(name);
    return { area, subject, level: "good", text: `node:sqlite, SQLite ${process.versions["sqlite"] ?? "of Node"}` };
  } catch {
    return { area, subject, level: "good", text: "package libsql (this Node has no node:sqlite)" };
  }
}

function folderFinding(folder: string): Finding {
  try {
    accessSync(folder, constants.W_OK);
    return { area: "machine", subject: "folder", level: "good", text: `${folder} can be written to` };
  } catch {
    return {
      area: "machine",
      subject: "folder",
      level: "note",
      text: `${folder} cannot be written to: name a store with --store`,
    };
  }
}

function programFinding(program: string, environment: Environment): Finding {
  const found = (environment["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, program))
    .find(isExecutable);
  const text = found ?? "not found; only documents that call it need it";
  return { area: "programs", subject: program, level: found === undefined ? "note" : "good", text };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
