/**
 * Workflows that do not fit. Each line below a `@ts-expect-error` is refused by the compiler, with a message that holds the
 * text after it; everything else compiles. `test/types.test.ts` compiles this file with and without these comments.
 */
import { z } from "zod";
import { createRuntime, defineStep, defineWorkflow, Workflow } from "../../packages/engine/src/index.js";

const unused = (): never => {
  throw new TypeError("only compiled");
};
const paper = z.object({ title: z.string(), year: z.number() });
const search = defineStep({
  class: "Search",
  version: "1",
  config: z.object({ engine: z.enum(["pubmed", "arxiv"]), max: z.number().default(3) }),
  inputs: { query: z.string(), limit: z.number().optional() },
  outputs: { papers: z.array(paper), count: z.number() },
  run: unused,
});
const read = defineStep({
  class: "Read",
  version: "1",
  inputs: { paper: z.object({ title: z.string() }) },
  outputs: { note: z.string(), tags: z.array(z.string()) },
  run: unused,
});
const write = defineStep({
  class: "Write",
  version: "1",
  inputs: { notes: z.array(z.string()), anything: z.unknown() },
  outputs: { text: z.string() },
  run: unused,
});
const open = defineStep({ class: "Open", version: "1", run: unused });

const inner = defineWorkflow({
  name: "inner",
  input_data_units: { topic: z.string(), max: { class: "DataUnitMemory", schema: z.number(), optional: true } },
  output_data_units: { papers: z.array(paper), text: { class: "DataUnitString" } },
  steps: { search: { class: search, config: { engine: "arxiv" }, inputs: { query: { from: "topic" } } } },
  links: { papers: { class: "DirectLink", config: { source: "search.papers", target: "papers" } } },
});

/** Every word a document may say. */
export const everything = defineWorkflow({
  name: "everything",
  class: "Workflow",
  description: "all of it",
  version: "1.2.0",
  module: "./all.ts",
  execution_strategy: "event_driven",
  error_handling: "retry",
  error_handling_config: {
    max_retries: 3,
    retry_delay: "1s",
    timeout: 3600,
    rollback_on_failure: true,
    preserve_partial_results: true,
  },
  on_failure: { class: "HttpStep", config: { method: "POST", url: "${HOOK:-}" } },
  on_success: { class: open },
  on_pause: { class: "CommandStep", config: "pause.yml" },
  completion: "manual",
  metadata: { owner: "me" },
  "x-note": 1,
  input_data_units: {
    topic: z.string(),
    depth: { class: "DataUnitMemory", config: { schema: z.number(), default: 1 } },
  },
  data_units: { limits: { class: "DataUnitMemory", role: "parameter", default: { max: 10 } }, draft: z.string() },
  output_data_units: { report: { class: "DataUnitFile", config: { path: "out/report.html" } }, words: z.number() },
  steps: {
    search: {
      class: search,
      config: { engine: "pubmed", max: "${MAX:-5}" },
      error_handling: "continue",
      fallback: { class: "nanobrain.library.CachedSearch" },
      max_retries: 1,
      retry_delay: 2,
      timeout: "5m",
      resources: { cpu: 1, memory: "512MB" },
      executor: "thread",
      cache: "shared",
      checkpoint: true,
      when_absent: "fail",
      concurrency: 2,
      max_activations: 100,
      on_rollback: { class: "CommandStep", config: { command: ["rm", "{{ folder }}"] } },
      inputs: { query: { from: "topic", when: "size(topic) > 2", otherwise: "skip" }, limit: 10 },
    },
    read: {
      class: read,
      for_each: { over: "papers", as: "paper", concurrency: 4, max_failures: 2 },
      inputs: { papers: { from: "search.papers", transform: (papers) => papers.filter((one) => one.year > 2000) } },
    },
    write: {
      class: write,
      repeat: { until: "size(text) > 80", max: 5, carry: { text: "notes" }, on_max: "accept" },
      depends_on: ["search"],
      inputs: {
        notes: {
          from: "read.note",
          transform: (notes) => notes.flatMap((note) => (note === null ? [] : [note.toUpperCase()])),
          hold: true,
        },
        anything: { from: ["search.count", "limits", "read.error"], merge: "list" },
      },
    },
    nested: { class: inner, inputs: { topic: "virus", max: { from: "search.count" } } },
    file: { class: "Workflow", config: "workflows/improve.yml", inputs: { notes: { from: "nested.papers" } } },
    total: {
      class: "FunctionStep",
      config: { function: (value: unknown) => String(value) },
      inputs: { any: { from: "file.result" }, papers: { from: "nested.papers", default: [], optional: true } },
      outputs: { sum: { schema: z.number() }, more: null },
    },
    ask: { class: "ApprovalStep", config: { question: "Go?" }, timeout: "24h", on_timeout: "no", inputs: { title: 1 } },
  },
  links: {
    rows: { class: "QueueLink", config: { source: "search.papers", targets: ["total.row"], each: true, capacity: 5 } },
    dead: { class: "DirectLink", config: { source: "rows.dead_letters", target: "total.letter" } },
    gate: { class: "ConditionalLink", config: { source: "write.text", target: "draft", condition: "size(value) > 1" } },
    words: {
      class: "TransformLink",
      config: { source: "write.text", target: "words", transform_function: (text) => text.split(" ").length },
    },
    page: { class: "TransformLink", config: { source: "ask.by", target: "report", expression: "$" } },
  },
  triggers: {
    hourly: { class: "TimerTrigger", config: { cron: "0 * * * *", step_targets: ["search"] } },
    newest: {
      class: "DataUpdatedTrigger",
      config: { watch_data_units: ["search.count"], step_targets: ["total.any"] },
    },
  },
  executor: { class: "ThreadExecutor", config: { max_workers: 4 } },
  resources: { cpu: 4, memory: "8GB", licence: 2 },
  monitoring: { checkpoint_interval: 300, metrics_collection: true },
});

defineWorkflow({
  name: "names",
  input_data_units: { topic: z.string() },
  output_data_units: { report: z.string() },
  steps: {
    // @ts-expect-error Did you mean '"topic"'?
    a: { class: search, config: { engine: "arxiv" }, inputs: { query: { from: "topc" } } },
    // @ts-expect-error Did you mean to write 'query'?
    b: { class: search, config: { engine: "arxiv" }, inputs: { qery: { from: "topic" } } },
    // @ts-expect-error Type '"aa"' is not assignable to type '"a" | "b" | "c"
    c: { class: search, config: { engine: "arxiv" }, depends_on: ["aa"] },
    d: {
      class: write,
      // @ts-expect-error 'NeedsTransform<"e.note", string, string[]>'
      inputs: { notes: { from: "e.note" } },
    },
    // @ts-expect-error Did you mean to write 'paper'?
    e: { class: read, inputs: { papers: { from: "a.papers" } } },
    // @ts-expect-error Did you mean to write 'timeout'?
    f: { class: open, timeouts: 1 },
  },
  links: {
    // @ts-expect-error Did you mean '"a.count"'?
    g: { class: "DirectLink", config: { source: "a.cout", target: "report" } },
    // @ts-expect-error Did you mean '"report"'?
    h: { class: "DirectLink", config: { source: "topic", target: "repot" } },
    // @ts-expect-error Did you mean '"DirectLink"'?
    i: { class: "DirektLink", config: { source: "topic", target: "report" } },
  },
  // @ts-expect-error Type '"aa"' is not assignable to type
  triggers: { t: { class: "TimerTrigger", config: { step_targets: ["aa"] } } },
});

defineWorkflow({
  name: "values",
  input_data_units: { topic: z.string() },
  output_data_units: { report: z.string() },
  steps: {
    a: { class: search, config: { engine: "arxiv" }, inputs: { query: { from: "topic" } } },
    // @ts-expect-error 'NeedsTransform<"a.count", number, string>'
    b: { class: search, config: { engine: "arxiv" }, inputs: { query: { from: "a.count" } } },
    c: {
      class: search,
      config: { engine: "arxiv" },
      // @ts-expect-error Type 'number' is not assignable to type 'string
      inputs: { query: { from: "a.papers", transform: (it) => it.length } },
    },
    d: {
      class: search,
      config: { engine: "arxiv" },
      // @ts-expect-error Property 'titel' does not exist
      inputs: { query: { from: "a.papers", transform: ([it]) => it?.titel } },
    },
    // @ts-expect-error Type '"x"' is not assignable
    e: { class: search, config: { engine: "arxiv" }, inputs: { limit: "x" } },
    // @ts-expect-error 'NeedsTransform<"a.count", number, readonly { title: string; }[]>'
    f: { class: read, for_each: { over: "papers", as: "paper" }, inputs: { papers: { from: "a.count" } } },
    // @ts-expect-error Type '"google"' is not assignable
    g: { class: search, config: { engine: "google" } },
    // @ts-expect-error 'config' is missing
    h: { class: search },
    // @ts-expect-error 'NeedsTransform<"a.count", number, string>'
    i: { class: inner, inputs: { topic: { from: "a.count" } } },
    // @ts-expect-error 'NeedsTransform<"k.text", string, string[]>'
    j: { class: write, inputs: { notes: { from: "k.text" } } },
    k: {
      class: write,
      // @ts-expect-error Type '"note"' is not assignable
      repeat: { max: 2, carry: { text: "note" } },
    },
  },
  links: {
    // @ts-expect-error 'DoesNotFit<number, string>'
    l: { class: "DirectLink", config: { source: "a.count", target: "report" } },
    m: {
      class: "TransformLink",
      // @ts-expect-error Type 'number' is not assignable to type 'string
      config: { source: "a.count", target: "report", transform_function: (count) => count + 1 },
    },
  },
});

/** Inputs and outputs of runs. */
export async function runs(): Promise<void> {
  const runtime = await createRuntime();
  const workflow = await Workflow.from(inner, { runtime });
  // @ts-expect-error Expected 1-2 arguments
  await workflow.execute();
  // @ts-expect-error Type 'number' is not assignable to type 'string'
  await workflow.execute({ topic: 1 });
  // @ts-expect-error 'topik' does not exist
  await workflow.execute({ topik: "x" });
  const { outputs } = await workflow.execute({ topic: "x", max: 1 });
  // @ts-expect-error Property 'paper' does not exist
  outputs.paper;
  // @ts-expect-error possibly 'undefined'
  outputs.papers.length;
  const years: number[] | undefined = outputs.papers?.map((one) => one.year);
  // @ts-expect-error Type 'string | undefined' is not assignable to type 'number | undefined'
  const text: number | undefined = outputs.text;
  await workflow.start({ topic: `${String(years)} ${String(text)}` }).result();
}
