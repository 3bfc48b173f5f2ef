/** A module made of text instead of what is asked for. */
function replaced(name, modules) {
  const mark = `\0${name}:`;
  return {
    name,
    resolveId: (id) => (id in modules ? mark + id : null),
    load: (id) => (id.startsWith(mark) ? modules[id.slice(mark.length)] : null),
  };
}

const called = (module, one) =>
  `export const ${one} = (...given) => process.getBuiltinModule("${module}").${one}(...given);`;

/** Built-in modules that cost a start much and that most starts never call: their functions load them. */
const lateModules = replaced("late", {
  "node:crypto": ["createHash", "hash", "randomBytes", "randomUUID"]
    .map((one) => called("node:crypto", one))
    .join("\n"),
  "node:v8": ["deserialize", "getHeapStatistics", "serialize"].map((one) => called("node:v8", one)).join("\n"),
});

/** How `libsql` finds its binary costs more than loading it. Installed is the one that fits; where two are, the one that loads. */
const binaryFinder = replaced("binary", {
  "detect-libc": "exports.familySync = () => null;",
  "@neon-rs/load": `
const ends = { linux: ["gnu", "musl"], win32: ["msvc"] }[process.platform] ?? [""];
const targets = ends.map((end) => [process.platform, process.arch, end].filter(Boolean).join("-"));
function loads(target) {
  try {
    require("@libsql/" + target);
    return true;
  } catch {
    return false;
  }
}
exports.load = () => null;
exports.currentTarget = () => targets.find(loads) ?? targets[0];
`,
});

/** The test runner cannot be required: the door that needs it imports it first. */
const testRunner = replaced("runner", { vitest: `module.exports = globalThis[Symbol.for("nanobrain.vitest")];` });

/** The list of the library's classes is part of every start; the classes are files of the library, imported when they are used. */
const libraryApart = {
  name: "library-apart",
  resolveId(id, importer, { kind }) {
    if (kind !== "dynamic-import" || !importer?.endsWith("/library/dist/pack.js")) return null;
    return { id: `@nanobrain/library/dist/${id.slice(2)}`, external: true };
  },
  transform(code, id) {
    if (!id.endsWith("/library/dist/pack.js")) return null;
    return code.replace(
      "import.meta.url",
      'require("node:url").pathToFileURL(require.resolve("@nanobrain/library/pack")).href',
    );
  },
};

/** Code from V8's cache cannot import: libraries are required instead, and users' modules imported by a file of their own. */
const importElsewhere = {
  name: "import-elsewhere",
  renderChunk: (code) =>
    code
      .replace(/\bimport\(("@nanobrain\/library[^"]*")\)/g, 'require("./import.cjs").imported($1)')
      .replace(
        /\bimport\((`[^`$]+`|"[^"]+")\)/g,
        'Promise.resolve().then(() => require("./import.cjs").required(require($1)))',
      )
      .replace(/\bimport\(/g, 'require("./import.cjs").imported('),
};

/** The command line finds its engine by itself. */
const engineNear = {
  name: "engine-near",
  renderChunk: (code) =>
    code.replace(
      /\brequire\("@nanobrain\/engine(?:\/([a-z]+))?"\)/g,
      (_, part = "index") => `require("./load.cjs").engine("${part}")`,
    ),
};

export const importModule = `exports.imported = (url) => import(url);
exports.required = (given) => (given.__esModule ? given : { ...given, default: given });
`;

export const bundlePlugins = [lateModules, binaryFinder, testRunner, libraryApart, importElsewhere, engineNear];
