import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../contracts/json.js";
import { type Inputs, interpolate, type Place, referredInputs } from "./interpolate.js";

const file = { $file: "ab12", name: "genes.fa", size_bytes: 3, media_type: "text/plain" };
const inputs: Inputs = {
  q: "a b&c",
  n: 3,
  ok: true,
  none: null,
  list: [1, { x: "y" }],
  o: { x: { "odd-key": 5 } },
  file,
};

const fill = (value: Json, place: Place = "plain", given: Inputs = inputs): Json =>
  interpolate({ key: value }, given, { key: place })["key"] as Json;

describe("interpolate: plain", () => {
  it.each<[Json, Json]>([
    ["Hi {{ q }}!", "Hi a b&c!"],
    ["{{q}}-{{ n }}-{{ ok }}-{{ none }}", "a b&c-3-true-null"],
    ["{{ n }}", 3],
    ["  {{ list }} ", [1, { x: "y" }]],
    ["{{ list[1].x }}", "y"],
    ["{{ o.x.odd-key }}", 5],
    ["list: {{ list }}", 'list: [1,{"x":"y"}]'],
    ["file {{ file }}", "file genes.fa"],
    ["{{ file }}", file],
    [
      { a: ["{{ n }}", "x{{ n }}"], "{{ n }}": 1 },
      { a: [3, "x3"], "{{ n }}": 1 },
    ],
    ["{{ .Names }} {{}} {{ a b }} {% if %} }}", "{{ .Names }} {{}} {{ a b }} {% if %} }}"],
    [5, 5],
  ])("%j becomes %j", (value, expected) => {
    expect(fill(value)).toEqual(expected);
  });

  it("a value that holds a reference: is not filled in again", () => {
    expect(fill("{{ a }}{{ b }}", "plain", { a: "{{ b }}", b: "x" })).toBe("{{ b }}x");
  });

  it.each([
    ["{{ zz }}", "there is no input zz: there are q, n"],
    ["{{ o.y }}", "o has no field y"],
    ["{{ list[7] }}", "list has no element 7"],
    ["{{ o.__proto__ }}", "o has no field __proto__"],
    ["{{ q.length }}", "q has no field length"],
    ["{{ o.constructor }}", "o has no field constructor"],
  ])("%s: E_PLACEHOLDER", (value, what) => {
    expect(() => fill(value)).toThrow(
      expect.objectContaining({ code: "E_PLACEHOLDER", message: expect.stringContaining(what) }),
    );
  });

  it("key that is literal: stays as it is", () => {
    expect(
      interpolate({ template: "{{ q | upcase }} {{ zz }}", name: "{{ n }}" }, inputs, { template: "literal" }),
    ).toEqual({ template: "{{ q | upcase }} {{ zz }}", name: 3 });
  });
});

describe("interpolate: argument", () => {
  it("any value stays one argument, byte for byte", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(!text.includes("\0"));
        expect(fill(["-n", "{{ v }}", "x={{ v }}"], "argument", { v: text })).toEqual(["-n", text, `x=${text}`]);
      }),
    );
    expect(fill(["{{ v }}"], "argument", { v: "$(rm -rf /); `x` \n 'q' \"" })).toEqual(["$(rm -rf /); `x` \n 'q' \""]);
  });

  it("numbers and lists become text; NUL is refused", () => {
    expect(fill(["{{ n }}", "{{ list }}", "{{ file }}"], "argument")).toEqual(["3", '[1,{"x":"y"}]', "genes.fa"]);
    expect(() => fill(["{{ v }}"], "argument", { v: "a\0b" })).toThrow(/cannot hold the character NUL/);
  });
});

describe("interpolate: url", () => {
  it.each([
    ["https://x.org/{{ q }}/y?n={{ n }}", "https://x.org/a%20b%26c/y?n=3"],
    ["https://x.org/?q={{ v }}", "https://x.org/?q=%2F..%2F%3F%23%40%3A%27"],
    ["{{ base }}/a/{{ n }}", "http://127.0.0.1:80/v1/a/3"],
    ["{{ base }}", "http://127.0.0.1:80/v1"],
  ])("%s becomes %s", (value, expected) => {
    expect(fill(value, "url", { ...inputs, v: "/../?#@:'", base: "http://127.0.0.1:80/v1" })).toBe(expected);
  });

  it.each([
    ["https://x.org/{{ v }}/y", { v: ".." }, "would climb"],
    ["https://x.org/.{{ v }}/y", { v: "." }, "would climb"],
    ["{{ v }}/y", { v: "file:///etc/passwd" }, "http:// or https://"],
    ["{{ v }}/y", { v: 3 }, "http:// or https://"],
    ["https://x.org/{{ v }}", { v: "\ud800" }, "surrogate"],
  ])("%s with %j: E_PLACEHOLDER", (value, given, what) => {
    expect(() => fill(value, "url", given as Inputs)).toThrow(
      expect.objectContaining({ code: "E_PLACEHOLDER", message: expect.stringContaining(what) }),
    );
  });

  it("any value in the middle: host, path depth and query keys stay those written", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
        fc.pre(!/^\.+$/.test(text));
        const url = new URL(String(fill("https://x.org/a/{{ v }}/b?k={{ v }}&z=1", "url", { v: text })));
        expect([url.host, url.pathname.split("/").length, [...url.searchParams.keys()], url.hash]).toEqual([
          "x.org",
          4,
          ["k", "z"],
          "",
        ]);
        expect(url.searchParams.get("k")).toBe(text);
      }),
    );
  });
});

describe("interpolate: body", () => {
  it("maps: values keep their types", () => {
    expect(fill({ n: "{{ n }}", t: "x {{ q }}", l: ["{{ list }}"] }, "body")).toEqual({
      n: 3,
      t: "x a b&c",
      l: [[1, { x: "y" }]],
    });
  });

  it("text: any value inside or outside quotes gives valid JSON with that value", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const made = String(fill('{"a": {{ v }}, "b\\"{{": "x {{ v }}", "c": [{{ v }}]}', "body", { v: text }));
        expect(JSON.parse(made)).toEqual({ a: text, 'b"{{': `x ${text}`, c: [text] });
      }),
    );
    expect(fill('{"n": {{ n }}, "s": "{{ n }}"}', "body")).toBe('{"n": 3, "s": "3"}');
  });
});

describe("interpolate: path", () => {
  it.each<[string, Json]>([
    ["out/{{ q }}.txt", "out/a b&c.txt"],
    ["out/{{ sub }}/{{ n }}.csv", "out/x/y/3.csv"],
    ["{{ sub }}", "x/y"],
    ["{{ file }}", file],
    ["out/{{ file }}", "out/genes.fa"],
    ["../{{ q }}", "../a b&c"],
  ])("%s becomes %j", (value, expected) => {
    expect(fill(value, "path", { ...inputs, sub: "x/y" })).toEqual(expected);
  });

  it.each(["..", "a/../../b", "/etc", "~root", "C:\\x", "a\\b", "", "a\nb", ".", "a\0"])(
    "value %j in a path: E_PLACEHOLDER",
    (text) => {
      expect(() => fill("out/{{ v }}.txt", "path", { v: text })).toThrow(
        expect.objectContaining({ code: "E_PLACEHOLDER" }),
      );
    },
  );

  it.each<[Json, string]>([
    [{ name: "x" }, "the value is a map, a name is expected"],
    [["x"], "the value is a list, a name is expected"],
    [null, "the value is null, a name is expected"],
  ])("value %j alone or in a path: E_PLACEHOLDER, as JSON is no name", (value, what) => {
    for (const written of ["{{ v }}", "out/{{ v }}.txt"])
      expect(() => fill(written, "path", { v: value })).toThrow(
        expect.objectContaining({ code: "E_PLACEHOLDER", message: expect.stringContaining(what) }),
      );
  });

  it("parts that climb only together: E_PLACEHOLDER", () => {
    expect(() => fill("out/{{ a }}.{{ b }}/x", "path", { a: "", b: "x" })).toThrow(/empty/);
    expect(() => fill("out/.{{ a }}/x", "path", { a: "./.." })).toThrow(
      expect.objectContaining({ code: "E_PLACEHOLDER" }),
    );
  });

  it("any value: never more ways up than written", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(".", "/", "a", "\\", "~", ":") }),
        fc.string({ unit: fc.constantFrom(".", "/", "a") }),
        (a, b) => {
          let made: Json;
          try {
            made = fill("out/{{ a }}{{ b }}/x", "path", { a, b });
          } catch {
            return;
          }
          expect(String(made).startsWith("out/")).toBe(true);
          expect(String(made).split("/")).not.toContain("..");
        },
      ),
    );
  });
});

describe("referredInputs", () => {
  it("config: the inputs it names, each once", () => {
    const config: JsonObject = { a: "{{ q }} {{ o.x }}", b: [{ c: "{{ q }}{{ list[0] }}" }], d: "{{ not this }}" };
    expect(referredInputs(config)).toEqual(["q", "o", "list"]);
  });
});

describe("interpolate: texts that are taken as they are", () => {
  it("verbatim: a reference in a secret is text, one beside it is filled in", () => {
    const config = { a: "{{ q }} {{ x }}", b: "{{ q }}", c: "{{ q }}{{ q }}-{{ q }}", d: "{ {{ q }}" };
    expect(interpolate(config, { q: 1, x: "v" }, {}, ["{{ x }}"])).toMatchObject({ a: "1 {{ x }}", b: 1 });
    expect(interpolate(config, { q: 1, x: "v" }, {}, ["{{ q }}-"])).toMatchObject({ c: "1{{ q }}-1", d: "{ 1" });
    expect(interpolate(config, { x: "v" }, {}, ["{{ q }}"])).toEqual({ ...config, a: "{{ q }} v" });
  });
});
