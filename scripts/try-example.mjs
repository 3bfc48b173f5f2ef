import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./program.mjs";

/** Names of runs are drawn at random. */
const randomName = /run [a-z]+-[a-z]+:/;
/** Where examples seem to lie, in what they print. */
const shownFolder = "/project";
const commandLine = join(root, "packages/nanobrain/bundle/nanobrain.cjs");

/**
 * Tries the example of a code: its files (the first is the document, `inputs` are its inputs), or its `sh` block.
 * Answers the lines that tell of the code, or [] if it did not happen.
 */
export async function tryExample(code, blocks) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "nanobrain-example-")));
  try {
    const files = blocks.filter(({ name }) => name !== "" && name !== "inputs");
    for (const { name, text } of files) writeInside(folder, name, text);
    const script = blocks.find(({ language }) => language === "sh");
    const lines = script === undefined ? await tryDocument(code, folder, blocks) : tryScript(code, folder, script.text);
    return lines.map((line) =>
      line
        .replaceAll(folder, shownFolder)
        .replace(/127\.0\.0\.1:\d{4,}/g, "127.0.0.1:8080")
        .trimEnd(),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeInside(folder, name, text) {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

async function tryDocument(code, folder, blocks) {
  const { createRuntime } = await import("../packages/engine/dist/index.js");
  const document = blocks.find(({ name }) => name.endsWith(".yml"));
  const inputs = blocks.find(({ name }) => name === "inputs");
  const server = blocks.some(({ name }) => name === "server.mjs") ? await startServer(folder) : undefined;
  const environment = { PATH: process.env.PATH, PORT: server === undefined ? "" : String(server.address().port) };
  const { pack } = await import("../packages/library/dist/pack.js");
  const runtime = await createRuntime({ packs: [pack], project: folder, environment });
  try {
    const loaded = await runtime.load(join(folder, document.name));
    const told = await toldDiagnostics(code, loaded.diagnostics);
    if (told.length > 0 || loaded.plan === undefined) return told;
    const run = await runtime.start(loaded, inputs === undefined ? {} : JSON.parse(inputs.text));
    return toldFailures(code, await run.result());
  } catch (error) {
    return error.code === code ? failureLines("", error) : Promise.reject(error);
  } finally {
    await runtime.close();
    server?.closeAllConnections();
    server?.close();
  }
}

/** A server of this machine that answers as `server.mjs` says. */
async function startServer(folder) {
  const { default: answer } = await import(pathToFileURL(join(folder, "server.mjs")).href);
  const server = createServer(answer);
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return server;
}

async function toldDiagnostics(code, diagnostics) {
  const { renderDiagnostics } = await import("../packages/engine/dist/authoring.js");
  const found = diagnostics.filter((one) => one.code === code);
  // The last line counts them.
  return renderDiagnostics(found, { color: false, width: 110, all: true }).split("\n").slice(0, -2);
}

function toldFailures(code, { failures, warnings, workflow }) {
  const warning = warnings.find((one) => one.code === code);
  if (warning !== undefined) return [`warning ${code}  ${warning.message}`];
  const found = failures.find(({ failure }) => chainOf(failure).some((one) => one.code === code));
  return found === undefined ? [] : failureLines(found.step === "" ? workflow : found.step, found.failure);
}

function chainOf(failure) {
  return failure === undefined ? [] : [failure, ...chainOf(failure.cause)];
}

function failureLines(step, failure) {
  const chain = chainOf(failure).filter((one) => one.code !== undefined && one.message !== undefined);
  const hint = chain.findLast((one) => one.hint !== undefined)?.hint;
  return [
    ...(step === "" ? [] : [`${step} failed`]),
    ...chain.map((one, depth) => `  ${depth === 0 ? "" : "  because "}${one.code} ${one.message}`),
    ...(hint === undefined ? [] : [`  mend  ${hint}`]),
  ].flatMap((line) => line.split("\n"));
}

/** Runs a script in which `nanobrain` is ours; answers what it printed from the line on that has the code. */
function tryScript(code, folder, text) {
  const tools = mkdtempSync(join(tmpdir(), "nanobrain-tools-"));
  try {
    writeTool(join(tools, "nanobrain"), `"${process.execPath}" "${commandLine}"`);
    writeTool(join(tools, "node"), `"${process.execPath}"`);
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const env = { PATH: `${tools}${delimiter}${process.env.PATH}`, HOME: folder, NO_COLOR: "1", COLUMNS: "200" };
    const ended = spawnSync("/bin/sh", ["-c", text], { cwd: folder, env, encoding: "utf8", timeout: 120_000 });
    return paragraphOf(code, `${ended.stdout}\n${ended.stderr}`.split("\n"));
  } finally {
    rmSync(tools, { recursive: true, force: true });
  }
}

function writeTool(path, command) {
  writeFileSync(path, `#!/bin/sh\nexec ${command} "$@"\n`);
  chmodSync(path, 0o755);
}

/** The last line that begins with the code, and what follows it up to what to do then. */
function paragraphOf(code, lines) {
  const from = lines.findLastIndex((line) => line.trimStart().startsWith(`${code} `));
  if (from < 0) return [];
  const after = lines.slice(from + 1);
  const end = after.findIndex((line) => line === "" || line.trimStart().startsWith("then  "));
  return [lines[from], ...after.slice(0, end < 0 ? undefined : end)].map((line) =>
    line.replace(randomName, "run brave-curie:"),
  );
}
