import { describe, expect, it } from "vitest";
import type { JsonObject } from "../contracts/json.js";
import { checkTemplate, renderTemplate, type TemplateFormat } from "./template.js";

const values: JsonObject = {
  name: "<b>Ann's</b>",
  rows: [
    { a: 1, b: "x|y" },
    { a: 2000.5, b: "<i>", c: null },
  ],
  svg: "<svg/>",
  n: 1234567.891,
  deep: { list: [1, "x"] },
  nothing: null,
};

const render = (source: string, format: TemplateFormat = "text", given: JsonObject = values): string =>
  renderTemplate(source, given, { format, timeoutMs: 500 });

describe("renderTemplate", () => {
  it.each<[string, TemplateFormat, string]>([
    ["Hi {{ name }}", "html", "Hi &lt;b&gt;Ann&#39;s&lt;/b&gt;"],
    ["Hi {{ name }}", "text", "Hi <b>Ann's</b>"],
    ["Hi {{ name }}", "markdown", "Hi <b>Ann's</b>"],
    ["{{ svg | raw }}{{ svg | upcase }}", "html", "<svg/>&lt;SVG/&gt;"],
    ["{% for row in rows %}{{ row.a }};{% endfor %}", "text", "1;2000.5;"],
    ["{{ deep }} {{ deep.list }}|{{ nothing }}|", "text", '{"list":[1,"x"]} [1,"x"]||'],
    [
      "{{ n | number }} {{ n | number: 1 }} {{ 'x' | number }} {{ -1234 | number }}",
      "text",
      "1,234,567.891 1,234,567.9 x -1,234",
    ],
    ["{{ 0.256 | percent: 1 }} {{ 0.5 | percent }}", "text", "25.6% 50%"],
    [
      "{{ rows | table }}",
      "html",
      "<table>\n<thead><tr><th>a</th><th>b</th><th>c</th></tr></thead>\n<tbody>\n<tr><td>1</td><td>x|y</td><td></td></tr>\n<tr><td>2000.5</td><td>&lt;i&gt;</td><td></td></tr>\n</tbody>\n</table>",
    ],
    ["{{ rows | table: 'b', 'a' }}", "markdown", "| b | a |\n| --- | --- |\n| x\\|y | 1 |\n| <i> | 2000.5 |"],
    ["<script>{{ name | script_json }}</script>", "html", `<script>"\\u003cb\\u003eAnn's\\u003c/b\\u003e"</script>`],
    ["{{ deep | json }}", "html", "{&#34;list&#34;:[1,&#34;x&#34;]}"],
    ["{{ '2024-01-31T23:30:00Z' | date: '%Y-%m-%d %H:%M' }}", "text", "2024-01-31 23:30"],
    ["{{ missing | default: 'none' }}{% if missing %}x{% endif %}", "text", "none"],
  ])("template %s as %s", (source, format, expected) => {
    expect(render(source, format)).toBe(expected);
  });

  it.each([
    ["{{ missing }}", "undefined variable: missing (line 1, column 4)"],
    ["a\n  {{ deep.missing }}", "undefined variable: deep.missing (line 2, column 6)"],
    ["{{ name.constructor }}", "undefined variable"],
    ["{{ deep.__proto__ }}", "undefined variable"],
    ["{{ toString }}", "undefined variable"],
    ["{% include '/etc/passwd' %}", 'there is no template "/etc/passwd" to include'],
    ["{% render '../x' %}", "there is no template"],
    ["{{ 'now' | date: '%Y' }}", "take the time as an input"],
    ["{{ rows | sample }}", "undefined filter: sample"],
    ["{{ name | nothing }}", "undefined filter: nothing"],
  ])("template %s: fails and says why", (source, what) => {
    expect(() => render(source)).toThrow(
      expect.objectContaining({ code: "E_TEMPLATE", message: expect.stringContaining(what) }),
    );
  });

  it.each([
    ["{% for i in (1..10000000) %}x{% endfor %}"],
    ["{% for i in (1..1000000000) %}x{% endfor %}"],
    ["{% assign x = big %}{% for i in (1..30) %}{% assign x = x | append: x %}{% endfor %}{{ x }}"],
    ["{% include 'self' %}"],
  ])("template %s: is ended", (source) => {
    const run = () =>
      renderTemplate(
        source,
        { big: "x".repeat(1e6) },
        { format: "text", timeoutMs: 300, partials: { self: "{% include 'self' %}" } },
      );
    expect(run).toThrow(expect.objectContaining({ code: "E_TEMPLATE_LIMIT" }));
  });

  it("partials that are given: are included, values escaped", () => {
    const options = { format: "html", partials: { head: "<h1>{{ name }}</h1>" } } as const;
    expect(renderTemplate("{% include 'head' %}!", { name: "<x>" }, options)).toBe("<h1>&lt;x&gt;</h1>!");
  });

  it("hostile values in html: no markup gets through, whatever filters do", () => {
    const attack = `"><script>alert(1)</script><img src=x onerror='x'>`;
    for (const filter of [
      "",
      "| upcase",
      "| append: '<b>'",
      "| truncate: 500",
      "| split: 'x' | join: '<'",
      "| json",
      "| default: 'x'",
      "| strip",
      "| inspect",
    ]) {
      expect(render(`{{ v ${filter} }}`, "html", { v: attack })).not.toMatch(/[<>"']/);
    }
    expect(render("{{ v | table }}", "html", { v: [{ [attack]: attack }] })).not.toMatch(/<script|<img/);
  });
});

describe("checkTemplate", () => {
  it.each([
    ["fine {{ x | upcase }} {% if y %}{% endif %}", []],
    ["{{ name", [{ code: "E_EXPR_SYNTAX", offset: 0, length: 7 }]],
    ["a {% if x %}", [{ code: "E_EXPR_SYNTAX", offset: 2 }]],
    ["{{ x | nothing }}", [{ message: "undefined filter: nothing" }]],
    ["{% nothing %}", [{ offset: 0 }]],
  ])("template %s: its problems", (source, expected) => {
    expect(checkTemplate(source)).toMatchObject(expected);
  });

  it("template longer than allowed: E_EXPR_LIMIT", () => {
    expect(checkTemplate("x".repeat(1_000_001))).toMatchObject([{ code: "E_EXPR_LIMIT" }]);
  });
});

describe("templates that reach for what objects share", () => {
  it("names: __proto__ is refused where it stands, also in partials", () => {
    expect(checkTemplate("a {% increment __proto__ %}")).toEqual([
      { code: "E_EXPR_SYNTAX", message: "The name __proto__ cannot be used in a tag", offset: 15, length: 9 },
    ]);
    const partials = { part: "{% assign __proto__ = 1 %}" };
    expect(() => renderTemplate("{% include 'part' %}", {}, { format: "text", partials })).toThrow(/__proto__/);
  });
});

describe("templates that cost much", () => {
  it("limits: too many tags, and ranges too long, are refused at once", () => {
    const many = "{{ a }}".repeat(10_001);
    expect(checkTemplate(many)).toEqual([
      { code: "E_EXPR_LIMIT", message: "The template has 10001 tags, 10000 are allowed" },
    ]);
    expect(() => renderTemplate(many, { a: 1 }, { format: "text" })).toThrow(/10001 tags/);
    const partials = { part: many };
    expect(() => renderTemplate("{% include 'part' %}", { a: 1 }, { format: "text", partials })).toThrow(/10001 tags/);
    expect(() => renderTemplate("{% for i in (1..30000001) %}x{% endfor %}", {}, { format: "text" })).toThrow(/limit/);
  });
});
