/** The arrows of ARCHITECTURE.md. Each rule's comment says what to do instead. */
const engine = "^packages/engine/src";
const pure = `${engine}/(document|expression|plan|kernel|admit|observe|adapt)/`;
/** Tests and the test kit may import anything. */
const tests = ["[.]test[.]ts$", `${engine}/testing/`, "^packages/library/src/testing/"];
const library = "^packages/library/src";
const runtimeOnly = { dependencyTypesNot: ["type-only"] };

const cyclesAndPackages = [
  {
    name: "no-runtime-cycle",
    comment: "Move what both files need into a third, or turn the import back into `import type`.",
    severity: "error",
    from: {},
    to: { circular: true, viaOnly: runtimeOnly },
  },
  {
    name: "engine-knows-no-other-package",
    comment: "The engine stands alone. Let the caller inject what it needs through a contract in contracts/.",
    severity: "error",
    from: { path: "^packages/engine/" },
    to: { path: "^packages/(?!engine/)" },
  },
  {
    name: "nobody-imports-the-command-line",
    comment: "packages/nanobrain is the composition root. Move what others need into the engine.",
    severity: "error",
    from: { path: "^packages/(?!nanobrain/)" },
    to: { path: "^packages/nanobrain/" },
  },
  {
    name: "engine-by-its-door",
    comment: "Import from @nanobrain/engine, and export there what is missing: deep paths are not public.",
    severity: "error",
    from: { path: "^packages/(?!engine/)", pathNot: tests },
    to: { path: engine, pathNot: `${engine}/(index|authoring|steps|observe/index|testing/(index|conformance))[.]ts$` },
  },
  {
    name: "no-test-code-in-the-product",
    comment: "Move what the product needs out of the test or out of testing/.",
    severity: "error",
    from: { pathNot: tests },
    to: { path: tests, pathNot: "^packages/nanobrain/" },
  },
  {
    name: "only-declared-packages",
    comment: "Declare it under `dependencies` of this package (pinned), or do without.",
    severity: "error",
    from: { pathNot: tests },
    to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown", "unknown"], dependencyTypesNot: ["type-only"] },
  },
  {
    name: "no-broken-import",
    comment: "The file or package does not exist: mend the path (imports end in .js).",
    severity: "error",
    from: { pathNot: tests },
    to: { couldNotResolve: true },
  },
];

const pureRooms = [
  {
    name: "pure-rooms-touch-no-world",
    comment: "A pure room takes text, time, chance and bytes as arguments. Do the world's part in host/ or adapters/.",
    severity: "error",
    from: { path: pure, pathNot: tests },
    to: { dependencyTypes: ["core"] },
  },
  {
    name: "pure-rooms-know-no-actors",
    comment: "What acts calls what is pure, never the other way. Take the value, or a contract, as an argument.",
    severity: "error",
    from: { path: pure, pathNot: tests },
    to: { path: `${engine}/(host|adapters|components|runtime)/` },
  },
  {
    name: "document-libraries",
    comment: "document/ may use `yaml` only. Checks of component configs belong into plan/, through the registry.",
    severity: "error",
    from: { path: `${engine}/document/`, pathNot: tests },
    to: { path: "node_modules/", pathNot: "node_modules/yaml/", ...runtimeOnly },
  },
  {
    name: "expression-libraries",
    comment: "expression/ may use the CEL, JSONata, Liquid and JSON Schema libraries only.",
    severity: "error",
    from: { path: `${engine}/expression/`, pathNot: tests },
    to: { path: "node_modules/", pathNot: "node_modules/(@marcbachmann/cel-js|jsonata|liquidjs|ajv)/", ...runtimeOnly },
  },
  {
    name: "no-libraries-in-deciding-rooms",
    comment:
      "plan, kernel, admit, observe, adapt and contracts run on plain data. Use the registry's interface, or move the code.",
    severity: "error",
    from: { path: `${engine}/(plan|kernel|admit|observe|adapt|contracts|errors)/`, pathNot: tests },
    to: { path: "node_modules/", ...runtimeOnly },
  },
];

const arrows = [
  {
    name: "document-comes-first",
    comment: "document/ gives plan/ its input and knows nothing of what follows.",
    severity: "error",
    from: { path: `${engine}/document/`, pathNot: tests },
    to: { path: `${engine}/(plan|kernel|admit|observe|adapt)/` },
  },
  {
    name: "expression-stands-alone",
    comment: "expression/ knows texts and values only; pass in what it should see.",
    severity: "error",
    from: { path: `${engine}/expression/`, pathNot: tests },
    to: { path: `${engine}/(document|plan|kernel|admit|observe|adapt)/`, ...runtimeOnly },
  },
  {
    name: "plan-before-run",
    comment: "plan/ is made before anything runs; what the kernel needs must be data in the plan.",
    severity: "error",
    from: { path: `${engine}/plan/`, pathNot: tests },
    to: { path: `${engine}/(kernel|admit|observe|adapt)/` },
  },
  {
    name: "kernel-knows-only-the-plan",
    comment: "Put what the kernel must know into the plan or into the event that tells it; the host computes it.",
    severity: "error",
    from: { path: `${engine}/kernel/`, pathNot: tests },
    to: { path: "^packages/", pathNot: `${engine}/(kernel|plan|errors|contracts)/` },
  },
  {
    name: "admit-knows-no-run",
    comment: "admit/ takes requests and pools and answers grants; the host translates runs into requests.",
    severity: "error",
    from: { path: `${engine}/admit/`, pathNot: tests },
    to: { path: `${engine}/(document|expression|kernel|observe|adapt)/` },
  },
  {
    name: "host-reaches-the-world-through-contracts",
    comment: "Take the thing as a contract of contracts/; the composition root passes the adapter or component in.",
    severity: "error",
    from: { path: `${engine}/host/`, pathNot: tests },
    to: { path: `${engine}/(adapters|components|runtime|observe)/` },
  },
  {
    name: "components-stand-on-contracts",
    comment:
      "A component gets all it needs in its StepCall. Extend the StepContext in contracts/ if something is missing.",
    severity: "error",
    from: { path: `${engine}/components/`, pathNot: tests },
    to: { path: `${engine}/(host|kernel|admit|observe|adapters|runtime)/` },
  },
  {
    name: "adapters-stand-on-contracts",
    comment: "An adapter implements a contract and is handed the rest; it knows neither host nor components.",
    severity: "error",
    from: { path: `${engine}/adapters/`, pathNot: tests },
    to: { path: `${engine}/(host|components|observe|runtime)/` },
  },
  {
    name: "no-adapter-imports-another",
    comment: "Move what two adapters share beside their folders (adapters/executors/x.ts), or into contracts/.",
    severity: "error",
    from: { path: `${engine}/adapters/([^/]+)/([^/]+)/`, pathNot: tests },
    to: { path: `${engine}/adapters/$1/[^/]+/`, pathNot: `${engine}/adapters/$1/$2/` },
  },
  {
    name: "no-kind-of-adapter-imports-another",
    comment: "Stores, executors, modules and secrets meet in the composition root only. Pass it in as a contract.",
    severity: "error",
    from: { path: `${engine}/adapters/([^/]+)/`, pathNot: tests },
    to: { path: `${engine}/adapters/`, pathNot: `${engine}/adapters/$1/` },
  },
  {
    name: "contracts-are-interfaces",
    comment: "contracts/ may name types of other rooms, and run none of their code.",
    severity: "error",
    from: { path: `${engine}/contracts/`, pathNot: tests },
    to: { path: "^packages/", pathNot: `${engine}/(contracts|errors)/`, ...runtimeOnly },
  },
  {
    name: "errors-know-nobody",
    comment: "Everyone imports errors/, so it imports nobody (types of contracts/ aside).",
    severity: "error",
    from: { path: `${engine}/errors/`, pathNot: tests },
    to: { path: "^packages/", pathNot: `${engine}/(errors|contracts)/` },
  },
];

/** Rooms beside the host, and rooms within rooms. */
const smallerRooms = [
  {
    name: "values-and-react-know-no-actors",
    comment:
      "values/ and react/ get the world as contracts and tell the host; runtime/ passes adapters and components in.",
    severity: "error",
    from: { path: `${engine}/(values|react)/`, pathNot: tests },
    to: { path: `${engine}/(host|adapters|components|runtime|document|admit)/` },
  },
  {
    name: "express-decides-nothing",
    comment:
      "express/ runs what the plan says and hands everything else to the host. Pass the world in as a contract; use kernel/ for its shapes.",
    severity: "error",
    from: { path: `${engine}/express/`, pathNot: tests },
    to: { path: "^packages/", pathNot: `${engine}/(express|plan|kernel|contracts|values|errors)/` },
  },
  {
    name: "react-sees-through-contracts",
    comment:
      "react/ watches, waits and schedules, and express/ runs, through contracts/. Do the world's part in adapters/.",
    severity: "error",
    from: { path: `${engine}/(react|express)/`, pathNot: tests },
    to: { dependencyTypes: ["core"] },
  },
  {
    name: "tools-know-no-room",
    comment: "processes/, paths/ and network/ know the world and no workflow. Pass what they need as plain arguments.",
    severity: "error",
    from: { path: `${engine}/(processes|paths|network)/`, pathNot: tests },
    to: { path: "^packages/", pathNot: `${engine}/($1|errors|contracts)/` },
  },
  {
    name: "definitions-become-documents",
    comment: "runtime/definition/ ends with a document. Let loading it do the rest, as for one from a file.",
    severity: "error",
    from: { path: `${engine}/runtime/definition/`, pathNot: tests },
    to: { path: `${engine}/(plan|kernel|admit|values|react|host|observe|adapters)/`, ...runtimeOnly },
  },
  {
    name: "serve-steers-as-anybody",
    comment: "runtime/serve/ starts and steers runs by the Runtime's interface. Add there what is missing.",
    severity: "error",
    from: { path: `${engine}/runtime/serve/`, pathNot: tests },
    to: { path: `${engine}/(document|kernel|admit|values|react|host|components|adapters)/`, ...runtimeOnly },
  },
  {
    name: "kit-knows-no-rig",
    comment:
      "testing/kit/ is what users test with: it may take the simulated clock from testing/, and nothing of our rigs.",
    severity: "error",
    from: { path: `${engine}/testing/kit/`, pathNot: "[.]test[.]ts$" },
    to: { path: `${engine}/testing/`, pathNot: `${engine}/testing/(kit/|simulated-clock[.]ts$)` },
  },
  {
    name: "kit-declares-its-packages",
    comment: "testing/kit/ is shipped: declare the package under `dependencies` of the engine (pinned), or do without.",
    severity: "error",
    from: { path: `${engine}/testing/kit/`, pathNot: "[.]test[.]ts$" },
    to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown", "unknown"], dependencyTypesNot: ["type-only"] },
  },
];

const roomsOfTheLibrary = [
  {
    name: "agents-use-models-and-servers-of-tools",
    comment:
      "Agents know models, MCP and how sources are cited, and nothing of what uses them. Take the rest as an argument.",
    severity: "error",
    from: { path: `${library}/agents/`, pathNot: tests },
    to: { path: `${library}/`, pathNot: `${library}/(agents|models|mcp|reports/citations)/` },
  },
  {
    name: "chat-uses-agents",
    comment: "Chat talks to agents and their models. What it shares with research or reports belongs into the engine.",
    severity: "error",
    from: { path: `${library}/chat/`, pathNot: tests },
    to: { path: `${library}/`, pathNot: `${library}/(chat|agents|models)/` },
  },
  {
    name: "other-rooms-of-the-library-stand-alone",
    comment:
      "models, mcp, research and reports know none of the other rooms. Pass values over ports, or take an argument.",
    severity: "error",
    from: { path: `${library}/(models|mcp|research|reports)/`, pathNot: tests },
    to: { path: `${library}/`, pathNot: `${library}/$1/` },
  },
  {
    name: "library-loads-late",
    comment: "pack.ts is part of every start: import the class's file inside its `load`.",
    severity: "error",
    from: { path: `${library}/pack[.]ts$` },
    to: {
      path: `${library}/`,
      pathNot: `${library}/chat/chat-document[.]ts$`,
      dependencyTypesNot: ["type-only", "dynamic-import"],
    },
  },
];

module.exports = {
  forbidden: [...cyclesAndPackages, ...pureRooms, ...arrows, ...smallerRooms, ...roomsOfTheLibrary],
  options: {
    doNotFollow: { path: "node_modules/" },
    exclude: { path: "^packages/[^/]+/(dist|bundle)/" },
    tsPreCompilationDeps: "specify",
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["nanobrain-source", "import", "node", "types", "default"],
      extensions: [".ts", ".js", ".mjs", ".cjs", ".json"],
    },
    moduleSystems: ["es6"],
  },
};
