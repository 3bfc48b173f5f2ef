import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";
import { settlePage } from "./made-page.mjs";
import { root } from "./program.mjs";

const engine = join(root, "packages/engine");

const opening = `# Public API

Every name that the doors of \`@nanobrain/engine\` export, with its declaration. Made from the built types by
\`node scripts/api-report.mjs\`; a test compares. A change of this page is a change of the API: say it in CHANGELOG.md.`;

const kindWords = [
  [ts.SymbolFlags.Function, "function"],
  [ts.SymbolFlags.Class, "class"],
  [ts.SymbolFlags.Interface, "interface"],
  [ts.SymbolFlags.TypeAlias, "type"],
  [ts.SymbolFlags.Variable, "const"],
];

const printer = ts.createPrinter({ removeComments: true });

/** The doors by import path, from the package's `exports`. */
function doors() {
  const { name, exports } = JSON.parse(readFileSync(join(engine, "package.json"), "utf8"));
  return Object.entries(exports)
    .filter(([, target]) => typeof target === "object" && existsSync(join(engine, target.types)))
    .map(([path, target]) => ({ path: name + path.slice(1), file: join(engine, target.types) }));
}

/** Tables of many entries are said by their keys: what the entries say has pages of its own. */
function keysOnly(node) {
  const type = ts.isVariableDeclaration(node) ? node.type : undefined;
  if (type === undefined || !ts.isTypeLiteralNode(type) || type.members.length < 12) return undefined;
  const keys = type.members.map((member) => member.name?.getText() ?? "?");
  return `const ${node.name.getText()}: { ${keys.join(", ")} }`;
}

function declarationText(node) {
  const short = keysOnly(node);
  if (short !== undefined) return short;
  const whole = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  const text = printer.printNode(ts.EmitHint.Unspecified, whole, whole.getSourceFile());
  return text.replace(/^(export )?(declare )?/, "").replaceAll("    ", "  ");
}

function exported(symbol, checker) {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const kind = kindWords.find(([flag]) => target.flags & flag)?.[1] ?? "name";
  const texts = (target.declarations ?? []).map(declarationText);
  return `### ${kind} ${symbol.name}\n\n\`\`\`ts\n${texts.join("\n")}\n\`\`\``;
}

function doorPart({ path, file }, program) {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file));
  const names = module === undefined ? [] : checker.getExportsOfModule(module);
  const sorted = [...names].sort((a, b) => (a.name < b.name ? -1 : 1));
  return [`## ${path}`, ...sorted.map((symbol) => exported(symbol, checker))].join("\n\n");
}

/** The public names of the engine with their signatures, so that a change of them is a diff that someone approves. */
export function apiReport() {
  const found = doors();
  const options = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    types: [],
    skipLibCheck: true,
  };
  const program = ts.createProgram(
    found.map(({ file }) => file),
    options,
  );
  return `${[opening, ...found.map((door) => doorPart(door, program))].join("\n\n")}\n`;
}

if (process.argv[1] === resolve(import.meta.filename)) settlePage("docs/api-report.md", apiReport());
