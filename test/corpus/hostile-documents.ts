/** A document that is refused or taken, but never more than that; in UTF-8 unless it is given as bytes. */
export type HostileDocument = { readonly name: string; readonly text: string | Uint8Array };

const good = "name: x\nsteps:\n  a: { class: TransformStep, config: { expression: '1' } }\n";
const inConfig = (value: string): string =>
  `name: x\nsteps:\n  a: { class: FunctionStep, config: { function: f, v: ${value} } }\n`;
const bomb = (levels: number, width: number): string =>
  Array.from({ length: levels }, (_, n) =>
    n === 0 ? `x-0: &a0 [${"x,".repeat(width)}]\n` : `x-${n}: &a${n} [${`*a${n - 1},`.repeat(width)}]\n`,
  ).join("") + good;
const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : [...part])),
  );

const reserved = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "__defineGetter__",
  "then",
];
const tags = [
  "!!js/function",
  "!!python/object/apply:os.system",
  "!!binary",
  "!!set",
  "!!omap",
  "!include",
  "!!float",
  "!<tag:yaml.org,2002:str>",
  "!ruby/object:Gem",
];
const odd = [
  "\u0000",
  "\u0007",
  "\u001b[31m",
  "\u007f",
  "\u0085",
  "\u00a0",
  "\u00ad",
  "\u061c",
  "\u180e",
  "\u200b",
  "\u200d",
  "\u200e",
  "\u2028",
  "\u202e",
  "\u2060",
  "\u2066",
  "\u3164",
  "\ufe0f",
  "\ufeff",
  "\ufff9",
  "\u{e0001}",
  "\u{e0041}",
];
const alike = [
  "\u0430",
  "\u0435",
  "\u043e",
  "\u0440",
  "\u0455",
  "\u03bf",
  "\u0251",
  "\uff41",
  "\u{1d41a}",
  "\u212a",
  "\u0131",
];
const numbers = [
  "1e400",
  "-1e400",
  ".inf",
  "-.Inf",
  ".NaN",
  "0x7fffffffffffffff",
  "99999999999999999999999",
  "-0",
  "0o777",
  "1_000",
  "0b11",
  "1e-400",
  "1:30:00",
  "2001-01-01",
  "+1",
  "012",
];
const words = ["yes", "NO", "on", "~", "null", "Null", "True", "''", '""', "=", "<<", "[]", "{}", "[[]]", "? x"];

/** Where the document names keys of its own. */
const places: readonly ((key: string) => string)[] = [
  (key) => `name: x\nsteps:\n  ${key}: { class: TransformStep, config: { expression: '1' } }\n`,
  (key) => `${good}${key}: { polluted: 1 }\n`,
  (key) => `name: x\nsteps:\n  a: { class: TransformStep, ${key}: { polluted: 1 }, config: { expression: '1' } }\n`,
  (key) => inConfig(`{ ${key}: { polluted: yes } }`),
  (key) => `${good}data_units: { ${key}: { class: DataUnitMemory, config: { default: { ${key}: 1 } } } }\n`,
  (key) => `${good}links: { ${key}: { class: DirectLink, config: { source: a.${key}, target: ${key} } } }\n`,
  (key) => `${good}metadata: { ${key}: { ${key}: polluted } }\n`,
  (key) => `${good}resources: { ${key}: 4 }\n`,
  (key) => `name: ${key}\nsteps:\n  a: { class: ${key}, inputs: { ${key}: { from: a.${key} } } }\n`,
  (key) => `${good}x-a: &a { ${key}: { polluted: 1 } }\nx-b: { <<: *a }\n`,
  (key) => `${good}triggers: { ${key}: { class: ManualTrigger, config: { step_targets: [${key}] } } }\n`,
  (key) => `name: x\nsteps:\n  a: { class: FunctionStep, config: { function: "${key}" } }\n`,
  (key) => `name: x\nmodule: ./f.ts\nsteps:\n  a: { class: FunctionStep, config: { function: "./f.ts#${key}" } }\n`,
];

const shapes: { readonly [name: string]: string | Uint8Array } = {
  "alias bomb, wide": bomb(3, 90),
  "alias bomb, deep": bomb(9, 10),
  "aliases one too many": `x-a: &a 1\nx-b: [${"*a,".repeat(101)}]\n${good}`,
  "alias to itself": `x-a: &a [*a]\n${good}`,
  "aliases in a circle": `x-a: &a { b: *b }\nx-b: &b { a: *a }\n${good}`,
  "alias of nothing": `x-a: *nobody\n${good}`,
  "anchor twice": `x-a: &a 1\nx-b: &a 2\nx-c: *a\n${good}`,
  "merge of itself": `x-a: &a { <<: *a }\n${good}`,
  "merge of a list of everything": `x-a: &a { name: y, steps: {} }\n<<: [*a, *a]\n${good}`,
  "merge of a text": `x-a: &a text\nx-b: { <<: *a }\n${good}`,
  "brackets without end": "[".repeat(1_000_000),
  "braces without end": "{a: ".repeat(200_000),
  "dashes in dashes": `${good}metadata: { a: ${"- ".repeat(5000)}1 }\n`,
  "dashes of a block": `${"- ".repeat(100_000)}x`,
  "question marks": "? ".repeat(200_000),
  "a key of 1 MB": `${"k".repeat(1_000_000)}: 1\n`,
  "a text of 1 MB": `${good}description: "${"d".repeat(1_000_000)}"\n`,
  "1 MiB of comments": `${"# c\n".repeat(50_000)}${good}`,
  "1 MiB and one byte": `${good}${"#".repeat(1024 * 1024)}`,
  "lines of nothing": `${"\n".repeat(200_000)}${good}`,
  "50,001 values": `${good}metadata: [${"1,".repeat(50_001)}]\n`,
  "10,001 steps": `name: x\nsteps:\n${Array.from({ length: 10_001 }, (_, n) => `  s${n}: { class: TransformStep, config: { expression: '1' } }\n`).join("")}`,
  "many keys that look alike": `${good}metadata: {${Array.from({ length: 20_000 }, (_, n) => `k${n}: 1`).join(", ")}}\n`,
  "many unknown keys": `${good}${Array.from({ length: 5000 }, (_, n) => `unknown_key_${n}: 1\n`).join("")}`,
  "every link to every step": `name: x\nsteps: {${Array.from({ length: 200 }, (_, n) => `s${n}: { class: TransformStep, config: { expression: '1' }, depends_on: [${Array.from({ length: 200 }, (_, m) => `s${m}`).join(", ")}] }`).join(", ")}}\n`,
  "line ends of Windows": good.replaceAll("\n", "\r\n"),
  "line ends of old Macs": good.replaceAll("\n", "\r"),
  "line ends mixed": "name: x\r\nsteps:\n  a: { class: X }\r\r\n",
  "no line end": good.trimEnd(),
  "UTF-16 with mark": bytes(
    [255, 254],
    [...good].flatMap((c) => [c.charCodeAt(0), 0]),
  ),
  "UTF-16 without mark": bytes([...good].flatMap((c) => [0, c.charCodeAt(0)])),
  "UTF-32": bytes(
    [255, 254, 0, 0],
    [...good].flatMap((c) => [c.charCodeAt(0), 0, 0, 0]),
  ),
  "Latin-1": bytes("name: caf", [0xe9], "\nsteps: {}\n"),
  "overlong slash": bytes("name: x\nextends: ..", [0xc0, 0xaf], "etc\n"),
  "a surrogate in UTF-8": bytes("name: ", [0xed, 0xa0, 0x80], "\n"),
  "bytes beyond Unicode": bytes("name: ", [0xf5, 0x90, 0x80, 0x80], "\n"),
  "a sequence that is cut": bytes(good, [0xf0, 0x9f]),
  "every byte": Uint8Array.from({ length: 256 }, (_, n) => n),
  "half a surrogate by escape": `${good}description: "\\ud800"\n`,
  "NUL by escape": `${good}description: "a\\0b"\n`,
  directive: `%YAML 1.1\n---\n${good}`,
  "directive of a tag": `%TAG ! tag:evil,2000:\n---\n${good}`,
  "a hundred documents": "---\nname: x\n".repeat(100),
  "reference to a file": `extends: ../../../../etc/passwd\n${good}`,
  "reference by device": `extends: /dev/zero\n${good}`,
  "module by address": `module: https://example.org/x.ts\n${good}`,
  "module by data": `module: "data:text/javascript,process.exit(66)"\n${good}`,
  "class as module": `name: x\nsteps:\n  a: { class: "node:child_process#exec" }\n`,
  "class as path": `name: x\nsteps:\n  a: { class: "../../../../tmp/x.ts#Y" }\n`,
  "function as module": `name: x\nsteps:\n  a: { class: FunctionStep, config: { function: "node:fs#rmSync" } }\n`,
  "schema with a remote part": `${good}data_units: { u: { class: DataUnitMemory, schema: { $ref: "http://127.0.0.1:9/x.json" } } }\n`,
  "schema that names itself": `${good}data_units: { u: { class: DataUnitMemory, schema: { $ref: "#" } } }\n`,
  "schema in itself many times": `${good}data_units: { u: { class: DataUnitMemory, schema: { $defs: { a: { anyOf: [{ $ref: "#/$defs/a" }, { $ref: "#/$defs/a" }] } }, $ref: "#/$defs/a" } } }\n`,
  "an environment reference in itself": `${good}description: "\${A:-\${B:-\${C:-}}}"\n`,
  "environment references without end": `${good}description: "${"${HOME}".repeat(20_000)}"\n`,
  "anchors on everything": `&a name: &b x\n&c steps: &d\n  &e a: &f { &g class: &h X }\n`,
  "keys that are maps": `? { a: b }\n: 1\n${good}`,
  "keys that are lists": `? [a, b]\n: 1\n${good}`,
  "a key of null": `~: 1\n${good}`,
  "an empty key": `"": 1\n${good}`,
};

/** Hostile documents by what is wrong with each. */
export function hostileDocuments(): readonly HostileDocument[] {
  const named = (what: string, values: readonly string[], make: (value: string) => string): HostileDocument[] =>
    values.map((value) => ({ name: `${what} ${JSON.stringify(value)}`, text: make(value) }));
  return [
    ...Object.entries(shapes).map(([name, text]) => ({ name, text })),
    ...places.flatMap((place, n) => named(`key at place ${n}:`, reserved, place)),
    ...named("tag", tags, (tag) => inConfig(`${tag} x`)),
    ...named("tag on a step", tags, (tag) => `name: x\nsteps: ${tag}\n  a: { class: X }\n`),
    ...named("character in a key", odd, (character) => `${good}meta${character}data: {}\n`),
    ...named("character in a value", odd, (character) => `${good}description: a${character}b\n`),
    ...named("look-alike in a key", alike, (character) => `n${character}me: x\n${good}`),
    ...named("look-alike in a step", alike, (character) => good.replace("  a:", `  st${character}p:`)),
    ...named("number", numbers, (number) => good.replace("{ class", `{ max_retries: ${number}, class`)),
    ...named("number in a config", numbers, inConfig),
    ...named("word", words, (word) => `${good}description: ${word}\nmetadata: ${word}\n`),
    ...named(
      "depth by braces",
      ["63", "64", "65", "1000", "100000"],
      (depth) => `${good}metadata: ${"{a: ".repeat(Number(depth))}1${"}".repeat(Number(depth))}\n`,
    ),
  ];
}
