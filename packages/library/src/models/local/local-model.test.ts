import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { modelBench } from "../../testing/model-surroundings.js";
import type { ModelRequest } from "../model.js";
import { openModel } from "../open-model.js";

const records = [
  {
    key: "miller2018",
    title: "Language models read proteins",
    year: 2018,
    sources: ["pubmed"],
    citations: 12,
    abstract:
      "BACKGROUND: Language models of proteins learn the grammar of sequences. Our language models reached 71.5% accuracy, compared with 60% for alignments. It remains unclear how language models see the folding of long proteins.",
  },
  {
    key: "ito2020",
    title: "Folding with language models",
    year: 2020,
    sources: ["arxiv"],
    citations: 4,
    abstract:
      "We fold proteins with language models and without alignments of sequences. Training on sequences of p < 0.05 similarity takes e.g. ten days. We recommend that language models be tested on new families of proteins.",
  },
  {
    key: "okafor2021",
    title: "Alignments are still needed",
    year: 2021,
    sources: ["pubmed", "arxiv"],
    citations: 30,
    abstract:
      "Alignments of sequences improve the folding of proteins that language models fail on. The quick *fix* of [many](http://evil.example) is to look away from | tables and <b>marks</b>. Future work should look at viral proteins.",
  },
];
const question = "Analyze the research data for patterns and insights on folding.";
const asked: ModelRequest = {
  messages: [{ role: "user", text: `${question}\n\n<data name="papers">\n${JSON.stringify({ records })}\n</data>` }],
};
const model = openModel({ model: "local/extractive" });

const answerTo = async (request: ModelRequest): Promise<string> => (await model.answer(request, modelBench())).text;

/** What stands between quotation marks, as it was before Markdown. */
function quotesIn(text: string): readonly string[] {
  return [...text.matchAll(/“([^”]+)”/g)].map(([, quote = ""]) => quote.replace(/\\([\\`*_[\]<>|~])/g, "$1"));
}

describe("answers of the local model", () => {
  it("analysis: it says what it is, counts, and quotes with the key of each source", async () => {
    const text = await answerTo(asked);
    expect(text).toMatch(/^> No language model has read this: `local\/extractive`/);
    for (const part of [
      "3 texts, of the years 2018 to 2021",
      "| language models | 3 |",
      "pubmed 2, arxiv 2",
      "| records.citations | 3 | 4 | 15.33 | 30 |",
    ])
      expect(text).toContain(part);
    const [, open] = text.split("## Open questions in the texts");
    expect(open?.split("##")[0]).toMatch(/“(It remains unclear|Future work).*” \[@(miller2018|okafor2021)\]/);
    expect(text.split("## What the texts recommend")[1]).toContain("[@ito2020]");
    expect(text).toContain("71.5% accuracy, compared with 60% for alignments.” [@miller2018]");
  });

  it("short abstract: it is quoted, and one year is said once", async () => {
    const data = JSON.stringify([
      { title: "On cats", year: 2020, abstract: "House cats sleep for most of a long day." },
    ]);
    const text = await answerTo({ messages: [{ role: "user", text: `What is here?\n${data}` }] });
    expect(text).toContain("1 text, of 2020, with 1 sentence that can be quoted.");
    expect(text).toContain("“House cats sleep for most of a long day.”");
  });

  it("honesty: each long quotation stands word for word in a text", async () => {
    const long = quotesIn(await answerTo(asked)).filter((quote) => quote.includes("."));
    expect(long.length).toBeGreaterThan(4);
    for (const quote of long) expect(records.some(({ abstract }) => abstract.includes(quote))).toBe(true);
  });

  it("honesty: it holds for any text", async () => {
    const word = fc.constantFrom(
      "Cells",
      "grow",
      "et al.",
      "p < 0.05",
      "“so”",
      "fast",
      "[1]",
      "*bold*",
      "Fig. 2",
      "of",
      "mice.",
      "We",
      "find",
      "e.g.",
      "proteins.",
      "\n",
      "3.5%",
      "http://x.y",
      "ß",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(word, { minLength: 20, maxLength: 80 }), { minLength: 1, maxLength: 4 }),
        async (texts) => {
          const abstracts = texts.map((words) => words.join(" ").replace(/[“”]/g, "'"));
          const given = abstracts.map((abstract, at) => ({ title: `T${at}`, abstract }));
          const text = await answerTo({ messages: [{ role: "user", text: `What grows?\n${JSON.stringify(given)}` }] });
          const plain = abstracts.map((abstract) => abstract.replace(/\s+/g, " "));
          const [, said = ""] = text.split("## Most central statements");
          for (const quote of quotesIn(said.split("## Patterns")[0] ?? ""))
            expect(plain.some((one) => one.includes(quote))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("markup: that of the texts is shown, not obeyed", async () => {
    const text = await answerTo({
      ...asked,
      messages: [{ role: "user", text: `What about marks, tables and the quick fix?\n${JSON.stringify({ records })}` }],
    });
    expect(text).toContain("\\*fix\\* of \\[many\\](http://evil.example)");
    expect(text).toContain("\\<b>marks\\</b>");
  });

  it("question: what is asked about comes under a heading of its own", async () => {
    const text = await answerTo({
      messages: [{ role: "user", text: `Which days does training take?\n${JSON.stringify({ records })}` }],
    });
    expect(text.split("## Closest to the question")[1]).toMatch(
      /^\s*- “Training on sequences of p < 0\.05 similarity takes e\.g\. ten days\.” \[@ito2020\]/,
    );
  });

  it("plain text: its sentences are quoted by number", async () => {
    const prose = records.map(({ abstract }) => abstract).join("\n\n");
    const text = await answerTo({ messages: [{ role: "user", text: `${question}\n\n${prose}` }] });
    expect(text).toContain("[1]");
    expect(text).toContain("- [1] the text");
  });

  it("numbers only: they are counted", async () => {
    const rows = [{ v: 1 }, { v: 2 }, { v: 6 }];
    expect(await answerTo({ messages: [{ role: "user", text: `Sum up.\n${JSON.stringify(rows)}` }] })).toContain(
      "| v | 3 | 1 | 3 | 6 |",
    );
  });

  it("records: what tells of them is not quoted or counted with them", async () => {
    const remark =
      "The service that was asked for takes no questions of programs, so that another one was asked in its place.";
    const data = { records, search: { warnings: [remark], engines: [{ hits: 1 }, { hits: 2 }, { hits: 3 }] } };
    const text = await answerTo({ messages: [{ role: "user", text: `${question}\n${JSON.stringify(data)}` }] });
    expect(text).toContain("3 texts, of the years");
    expect(text).not.toContain("takes no questions");
    expect(text).not.toContain("hits");
  });

  it("nothing: it says that there is nothing to quote, and how to name a model", async () => {
    const text = await answerTo({ messages: [{ role: "user", text: "Hello, who are you?" }] });
    expect(text).toContain("no text here that could be quoted");
    expect(text).toContain("NANOBRAIN_MODEL");
  });

  it("twice: the same request gets the same answer, and it costs nothing", async () => {
    const [first, second] = await Promise.all([model.answer(asked, modelBench()), model.answer(asked, modelBench())]);
    expect(second).toEqual(first);
    expect(first).toMatchObject({ finish: "stop", toolCalls: [], usage: { costUsd: 0 }, model: "local/extractive" });
  });

  it("limit: whole parts are left out", async () => {
    const whole = await answerTo(asked);
    const short = await answerTo({ ...asked, maxOutputTokens: 150 });
    expect(whole.startsWith(short)).toBe(true);
    expect(short.length).toBeLessThan(600);
  });
});

describe("schemas filled by the local model", () => {
  const text = { type: "string" } as const;
  const filled = async (properties: object, required: readonly string[] = Object.keys(properties)): Promise<unknown> =>
    JSON.parse(
      await answerTo({
        ...asked,
        schema: { type: "object", properties, required, additionalProperties: false } as never,
      }),
    );

  it("texts and lists: quotations, key phrases and their sources", async () => {
    const finding = {
      type: "object",
      properties: {
        claim: text,
        sources: { type: "array", items: text },
        year: { type: "integer" },
        confidence: { type: "number" },
      },
      required: ["claim", "sources"],
    };
    const value = await filled({
      summary: text,
      keywords: { type: "array", items: text, maxItems: 2 },
      findings: { type: "array", items: finding },
      open_questions: { type: "array", items: text },
      paper_count: { type: "integer" },
      first_year: { type: "integer" },
      note: { type: ["boolean", "null"] },
    });
    expect(value).toMatchObject({
      paper_count: 3,
      first_year: 2018,
      note: null,
      keywords: expect.arrayContaining(["language models"]),
    });
    const { summary, findings, keywords } = value as {
      summary: string;
      findings: { claim: string; sources: string[] }[];
      keywords: string[];
    };
    expect(summary).toMatch(/^Quoted by local\/extractive: “.*” \[@\w+\]/);
    expect(keywords).toHaveLength(2);
    expect(findings.length).toBeGreaterThan(0);
    for (const { claim, sources } of findings) {
      expect(
        records.some(({ key, abstract }) => abstract.includes(claim.replace(/[“”]/g, "")) && sources.includes(key)),
      ).toBe(true);
    }
    expect(findings[0]).not.toHaveProperty("confidence");
  });

  it.each([
    ["verdict", { enum: ["good", "bad"] }],
    ["approved", { type: "boolean" }],
    ["confidence", { type: "number" }],
    ["when", { type: "string", format: "date" }],
    ["themes", { type: "array", items: { enum: ["a", "b"] } }],
  ])("%s: what has to be judged is refused, or left out where it may be", async (name, schema) => {
    await expect(filled({ [name]: schema })).rejects.toMatchObject({
      code: "E_MODEL_REFUSED",
      message: expect.stringContaining(name),
    });
    expect(await filled({ [name]: schema, summary: text }, ["summary"])).not.toHaveProperty(name);
  });
});
