"use strict";
/*
 * Loads the parts of this package. What every start needs stands in one file, compiled from V8's code cache: the first start of an
 * installation writes it into the user's cache folder, later ones read it. Without one, or with one of another Node, it is compiled.
 */
const { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } = require("node:fs");
const nodeModule = require("node:module");
const { dirname, join } = require("node:path");
const { crc32 } = require("node:zlib");

/** The file, and a name that changes with it. */
const main = "@main@";
const key = "@key@";

function cacheFolder() {
  const { HOME, NANOBRAIN_CODE_CACHE, XDG_CACHE_HOME } = process.env;
  if (NANOBRAIN_CODE_CACHE === "off") return undefined;
  const home = XDG_CACHE_HOME || (HOME && join(HOME, ".cache"));
  return home && join(home, "nanobrain");
}

function loadMain() {
  const file = join(__dirname, main);
  const folder = cacheFolder();
  if (folder === undefined || require.cache[file] !== undefined) return;
  const { Script, constants } = require("node:vm");
  const kept = join(folder, `${key}-${process.version}-${process.arch}`);
  const cachedData = read(kept);
  // The bundle is ASCII: a text of one byte a character is read, and compared with the cache, fastest.
  const script = new Script(nodeModule.wrap(readFileSync(file, "latin1")), {
    filename: file,
    cachedData,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const own = new nodeModule.Module(file, module);
  own.filename = file;
  require.cache[file] = own;
  const isKept = cachedData !== undefined && !script.cachedDataRejected;
  // What ran once is what starts need most, and what V8 forgets first.
  if (!isKept) require("node:v8").setFlagsFromString("--no-flush-bytecode");
  script.runInThisContext()(own.exports, nodeModule.createRequire(file), own, file, __dirname);
  own.loaded = true;
  // Required while it was loading, it got a prototype that warns; Node takes that back only from what it loads itself.
  Object.setPrototypeOf(own.exports, Object.prototype);
  if (!isKept) process.once("exit", () => keep(folder, kept, script));
}

/** Four bytes of checksum, then V8's. Undefined: not there, or damaged. */
function read(file) {
  try {
    const bytes = readFileSync(file);
    return crc32(bytes.subarray(4)) === bytes.readUInt32LE(0) ? bytes.subarray(4) : undefined;
  } catch {
    return undefined;
  }
}

/** What earlier versions kept goes. It is a convenience: a folder that cannot be written is no failure. */
function keep(folder, file, script) {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const [, name] = /^(.*)-[0-9a-f]+$/.exec(key);
    const end = `-${process.version}-${process.arch}`;
    for (const old of readdirSync(folder))
      if (old.startsWith(`${name}-`) && old.endsWith(end)) rmSync(join(folder, old), { force: true });
    // V8 refuses a cache that was made under other flags than those of its reader.
    require("node:v8").setFlagsFromString("--flush-bytecode");
    const data = script.createCachedData();
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(crc32(data));
    writeFileSync(`${file}.${process.pid}`, Buffer.concat([sum, data]), { mode: 0o600 });
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // The next start compiles again.
  }
}

exports.load = (name) => {
  loadMain();
  return require(`./${name}.cjs`);
};

/** A part of the engine, found where Node would find it, at a fraction of the time: the engine's own map of its parts is known. */
exports.engine = (name) => {
  const door = join("node_modules/@nanobrain/engine/bundle", `${name}-door.cjs`);
  for (let folder = dirname(__dirname); ; folder = dirname(folder)) {
    if (existsSync(join(folder, door))) return require(join(folder, door));
    if (folder === dirname(folder))
      return require(name === "index" ? "@nanobrain/engine" : `@nanobrain/engine/${name}`);
  }
};
