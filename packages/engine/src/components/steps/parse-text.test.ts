import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../contracts/json.js";
import { formatText, parseText } from "./parse-text.js";

/** A table read as csv: its rows, and what is wrong with them. */
function rows(text: string, options = {}) {
  const { value, problems } = parseText(text, "csv", options);
  return { value, problems };
}

describe("parseText: tables", () => {
  it.each<[string, string, Json]>([
    [
      "plain",
      "a,b\n1,x\n2,y\n",
      [
        { a: "1", b: "x" },
        { a: "2", b: "y" },
      ],
    ],
    ["no last line end", "a,b\n1,x", [{ a: "1", b: "x" }]],
    ["CRLF and byte order mark", "\uFEFFa,b\r\n1,x\r\n", [{ a: "1", b: "x" }]],
    ["quotes", 'a,b\n"1,5","say ""hi"""\n', [{ a: "1,5", b: 'say "hi"' }]],
    [
      "line end in quotes",
      'a,b\n"1\n2",x\r\n3,"y\r\nz"\n',
      [
        { a: "1\n2", b: "x" },
        { a: "3", b: "y\r\nz" },
      ],
    ],
    [
      "empty cells",
      'a,b,c\n,,\n"",x,\n',
      [
        { a: "", b: "", c: "" },
        { a: "", b: "x", c: "" },
      ],
    ],
    ["empty lines", "a\n\n1\n\r\n2\n\n", [{ a: "1" }, { a: "2" }]],
    ["quote inside a plain cell", 'a,b\n5" disk,x\n', [{ a: '5" disk', b: "x" }]],
    ["leading zeros stay", "id\n007\n", [{ id: "007" }]],
    ["only a header", "a,b\n", []],
    ["nothing", "", []],
    ["unicode", "größe,😀\nü,é\n", [{ größe: "ü", "😀": "é" }]],
  ])("csv with %s: its rows", (_name, text, expected) => {
    expect(rows(text)).toEqual({ value: expected, problems: [] });
  });

  it("ragged rows: are kept and reported with their lines", () => {
    expect(rows('a,b\n"x\ny"\n1,2,3,4\n')).toEqual({
      value: [{ a: "x\ny" }, { a: "1", b: "2", _extra: ["3", "4"] }],
      problems: [
        { line: 2, problem: "the row has 1 cells, the table 2 columns" },
        { line: 4, problem: "the row has 4 cells, the table 2 columns" },
      ],
    });
  });

  it("a million ragged rows: a hundred reports", () => {
    expect(rows(`a,b\n${"1\n".repeat(100_000)}`).problems).toHaveLength(100);
  });

  it("header with empty, equal and forbidden names: other names, reported", () => {
    const { value, problems } = rows("a,,a,__proto__,_extra\n1,2,3,4,5\n");
    expect(value).toEqual([{ a: "1", column_2: "2", a_2: "3", column_4: "4", _extra_2: "5" }]);
    expect(problems).toHaveLength(1);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("text behind a closing quote: is kept and reported", () => {
    expect(rows('a,b\n"x"y,z\n')).toEqual({
      value: [{ a: "xy", b: "z" }],
      problems: [{ line: 2, problem: "there is text behind a closing quote" }],
    });
  });

  it("quote that is never closed: E_PARSE with its line", () => {
    expect(() => rows('a,b\n1,2\n3,"x\n4,5\n')).toThrow(
      expect.objectContaining({ code: "E_PARSE", message: expect.stringContaining("line 3") }),
    );
  });

  it("numbers and emptyAsNull: only cells that are exact numbers change", () => {
    const { value } = rows("a\n1\n-2.5\n1e3\n007\n1.\n12345678901234567890\n0x1\nNaN\n+1\n 1\n\n", {
      numbers: true,
      emptyAsNull: true,
    });
    expect((value as readonly JsonObject[]).map((row) => row["a"])).toEqual([
      1,
      -2.5,
      1000,
      "007",
      "1.",
      "12345678901234567890",
      "0x1",
      "NaN",
      "+1",
      " 1",
    ]);
    expect(rows("a,b\n,1\n", { emptyAsNull: true }).value).toEqual([{ a: null, b: "1" }]);
  });

  it("no header: columns are numbered", () => {
    expect(rows("1,x\n2,y\n", { header: false }).value).toEqual([
      { column_1: "1", column_2: "x" },
      { column_1: "2", column_2: "y" },
    ]);
  });

  it("tsv: tabs, quotes as in csv", () => {
    expect(parseText('a\tb\n1,5\t"x\ty"\n', "tsv").value).toEqual([{ a: "1,5", b: "x\ty" }]);
  });

  it.each(["csv", "tsv"] as const)("%s: any rows written are read again", (format) => {
    const cell = fc.string({ unit: fc.constantFrom("a", ",", "\t", '"', "\n", "\r", " ", "é", "=") });
    const table = fc.array(fc.record({ "x,y": cell, b: cell, c: cell }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(table, (given) => {
        expect(parseText(formatText(given, format), format)).toMatchObject({ value: given, problems: [] });
      }),
      { numRuns: 1000 },
    );
  });

  it("csv whose names hold other delimiters: written rows are read again", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", ",", ";", "|", "\t", '"', " "), maxLength: 6 });
    const names = fc.uniqueArray(fc.string({ unit: fc.constantFrom("x", ";", "|", "\t"), minLength: 1 }), {
      minLength: 1,
      maxLength: 3,
    });
    const table = names
      .filter((all) => all.every((name) => name.trim() !== ""))
      .chain((all) =>
        fc.array(fc.record(Object.fromEntries(all.map((name) => [name, cell]))), { minLength: 1, maxLength: 4 }),
      );
    fc.assert(
      fc.property(table, (given) => {
        expect(parseText(formatText(given, "csv"), "csv").value).toEqual(given);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, string, string, Json]>([
    ["decimal commas", "place;value\r\nA;1,5\r\nB;2,25\r\n", ";", { place: "A", value: "1,5" }],
    ["quotes around other delimiters", '\uFEFF"a;b"\t"c,d"\n"x;y"\t"1,2"\n', "\t", { "a;b": "x;y", "c,d": "1,2" }],
    ["a quoted line end", 'a|"b\nc"\n"x\n;;;"|y\n', "|", { a: "x\n;;;", "b\nc": "y" }],
    ["a comma and a semicolon in each row", "a;b,c\n1;2,3\n", ",", { "a;b": "1;2", c: "3" }],
    [
      "names with a comma and a space",
      "Name, first;Age\nLi, J;3\nWu, K;4\n",
      ";",
      { "Name, first": "Li, J", Age: "3" },
    ],
    ["uneven rows", "a;b;c\n1;2;3\n1,5;2\n", ";", { a: "1", b: "2", c: "3" }],
    ["one column", "word\nHello\n", ",", { word: "Hello" }],
    ["a line that says it", "sep=;\r\na;b\r\n1;2\r\n", ";", { a: "1", b: "2" }],
  ])("csv with %s: the delimiter is found out", (_, text, delimiter, first) => {
    const { value, table } = parseText(text, "csv");
    expect([table?.delimiter, (value as Json[])[0]]).toEqual([delimiter, first]);
  });

  it("a delimiter that is said: it counts, and one column that another would split is reported", () => {
    expect(rows("a;b\n1;2\n3;4\n", { delimiter: "," })).toEqual({
      value: [{ "a;b": "1;2" }, { "a;b": "3;4" }],
      problems: [{ line: 1, problem: 'the table has one column when split by ","; ";" would make several of it' }],
    });
    expect(parseText("a,b\n1,2\n", "tsv").problems).toHaveLength(1);
    expect(rows("Report of 2024\n1;2\n3;4\n").problems).toHaveLength(1);
    expect(rows("text\nfine\nalso; fine\n").problems).toEqual([]);
  });

  it("a megabyte without a line end, or of quotes: the delimiter is looked for in its beginning only", () => {
    expect(parseText(`a;b\n"${"x;".repeat(500_000)}";1`, "csv").table?.delimiter).toBe(";");
    expect(parseText("|".repeat(1_000_000), "csv").table?.delimiter).toBe("|");
  });

  it("sixteen times the text: no sixteen times as long per line, also without any delimiter or quote left", () => {
    const shapes = [
      (n: number) => `a\n${"xy\n".repeat(n)}`,
      (n: number) => `a,b\n"q",1\n${"1,2\n".repeat(n)}`,
      (n: number) => `a\n${'x"y\n'.repeat(n)}`,
      (n: number) => `a,b\n"${"x\n".repeat(n)}",1\n`,
    ];
    for (const shape of shapes) {
      const small = shape(8_000);
      const large = shape(128_000);
      const time = (text: string, times: number): number => {
        const start = process.cpuUsage();
        for (let i = 0; i < times; i += 1) parseText(text, "csv");
        // Their sum is exact; how it is split is an estimate, which may be 0 of either.
        const { user, system } = process.cpuUsage(start);
        return Math.max(1, user + system);
      };
      // Work that grows with the square takes sixteen times as long here; whatever else is busy can only slow a try.
      const tries = [1, 2, 3].map(() => time(large, 1) / time(small, 16));
      expect(Math.min(...tries)).toBeLessThan(6);
    }
  });
});

describe("parseText: json", () => {
  it("json: the value; a byte order mark is left out", () => {
    expect(parseText('\uFEFF{"a":[1]}', "json").value).toEqual({ a: [1] });
  });

  it.each([
    ['{"a": 1,\n "b" 2}', /json: .* in line 2, column 6/],
    ['{"a": 1', /in line 1, column 8/],
    ["", /the text is empty/],
    ["secret text", /Unexpected token/],
  ])("json %j: E_PARSE says where", (text, message) => {
    expect(() => parseText(text, "json", { what: "file x.json" })).toThrow(
      expect.objectContaining({ code: "E_PARSE", message: expect.stringMatching(message) }),
    );
  });

  it("jsonl: one value per line, empty lines left out; a bad line is named", () => {
    expect(parseText('{"a":1}\r\n\n[2]\n"x"', "jsonl").value).toEqual([{ a: 1 }, [2], "x"]);
    expect(() => parseText('{"a":1}\n\n{"b"}\n', "jsonl")).toThrow(/line 3, column 5/);
  });

  it("__proto__ as a key: is a plain key", () => {
    parseText('{"__proto__": {"polluted": 1}}', "json");
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe("formatText", () => {
  it.each<[Json, "text" | "json" | "jsonl" | "csv" | "tsv", string]>([
    ["as it is", "text", "as it is"],
    [{ a: 1 }, "json", '{\n  "a": 1\n}\n'],
    [[{ a: 1 }, 2], "jsonl", '{"a":1}\n2\n'],
    [
      [
        { a: 1, b: "x,y" },
        { b: null, c: [1] },
      ],
      "csv",
      'a,b,c\n1,"x,y",\n,,[1]\n',
    ],
    [[{ a: "x\ty" }], "tsv", 'a\n"x\ty"\n'],
    [[], "csv", ""],
    [[{ a: "" }, { a: "x" }], "csv", 'a\n""\nx\n'],
  ])("%j as %s", (value, format, expected) => {
    expect(formatText(value, format)).toBe(expected);
  });

  it.each<[Json, "jsonl" | "csv"]>([
    [{ a: 1 }, "jsonl"],
    ["x", "csv"],
    [[1], "csv"],
  ])("%j as %s: E_FORMAT", (value, format) => {
    expect(() => formatText(value, format)).toThrow(expect.objectContaining({ code: "E_FORMAT" }));
  });
});
