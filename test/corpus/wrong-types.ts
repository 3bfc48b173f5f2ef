import { parse, stringify } from "yaml";
import { everyKey, everyTrigger, seedShapes } from "../../packages/engine/src/testing/sample-documents.js";

type Path = readonly (string | number)[];

/** What may stand where something else is expected. */
const wrong: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    0.5,
    1e308,
    Number.MAX_SAFE_INTEGER + 2,
    "",
    "x",
    "__proto__",
    "${A}",
    "{{ x }}",
    "\u202e",
    "a".repeat(5000),
  ],
  ...[
    [],
    [null],
    [[[]]],
    {},
    { x: 1 },
    { constructor: { prototype: { polluted: 1 } } },
    { class: "x" },
    { from: "a.b" },
    { $ref: "#" },
  ],
  ...[["a", "a"], { length: 1e9 }, "2001-01-01", "99999999d", "1e999GB", "../x", "a.b.c.d"],
];

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, member]) =>
      pathsOf(member, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

function withAt(value: unknown, [first, ...rest]: Path, put: unknown): unknown {
  if (first === undefined) return put;
  if (Array.isArray(value)) return value.map((item: unknown, n) => (n === first ? withAt(item, rest, put) : item));
  return Object.fromEntries(
    Object.entries(value as object).map(([key, member]) => [key, key === first ? withAt(member, rest, put) : member]),
  );
}

/** Documents with every key of the language, each with something wrong in one place. */
export function wrongTypes(): readonly { readonly name: string; readonly text: string }[] {
  return [everyKey, everyTrigger, seedShapes].flatMap((text, n) => {
    const whole: unknown = parse(text);
    return pathsOf(whole).flatMap((path) =>
      wrong.map((put) => ({
        name: `document ${n}, ${path.join(".")} = ${JSON.stringify(put).slice(0, 60)}`,
        text: stringify(withAt(whole, path, put)),
      })),
    );
  });
}
