import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { defineStep } from "../../components/define-step.js";
import type { Json } from "../../contracts/json.js";
import { createRuntime } from "../create-runtime.js";
import type { RunHandle, RuntimeOptions } from "../runtime.js";

const base = mkdtempSync(join(tmpdir(), "nanobrain-asks-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const store = (): string => mkdtempSync(join(base, "store-"));

/** Asks twice, does something that must not be repeated between, and catches what it can. */
const code = `export async function edit(value: unknown, ctx: any) {
  const seen: unknown[] = [];
  try {
    const first = await ctx.ask("topic", { question: "About what?" });
    seen.push(first.decision, first.by);
    seen.push(await ctx.effect("draft", () => "draft " + ctx.attempt));
    const second = await ctx.ask("publish", { question: "Publish " + first.decision + "?", choices: ["yes", "no"] });
    seen.push(second.decision, typeof second.at);
  } catch (error) {
    seen.push("caught");
  }
  return { seen, attempt: ctx.attempt };
}
`;
writeFileSync(join(base, "edit.ts"), code);
const document = (executor: string): string => {
  const file = join(base, `${executor}.yml`);
  writeFileSync(
    file,
    `name: editing
steps:
  edit: { class: FunctionStep, executor: ${executor}, config: { function: ./edit.ts#edit }, inputs: { value: { default: 1 } } }
output_data_units: { out: { class: DataUnitMemory } }
links: { o: { class: DirectLink, config: { source: edit.output, target: out } } }
`,
  );
  return file;
};

async function started(file: string, options: RuntimeOptions) {
  const runtime = await createRuntime(options);
  const run = await runtime.start(await runtime.load(file), {});
  return { runtime, run };
}

async function answerAll(run: RunHandle): Promise<void> {
  expect((await run.result()).status).toBe("waiting");
  expect(await run.asks()).toEqual([{ step: "edit", name: "topic", question: "About what?" }]);
  await expect(run.answer("edit#publish", "yes")).rejects.toMatchObject({ code: "E_ANSWER" });
  await run.answer("edit#topic", "bees", "mia");
  expect((await run.result()).status).toBe("waiting");
  const [ask] = await run.asks();
  expect(ask).toEqual({ step: "edit", name: "publish", question: "Publish bees?", choices: ["yes", "no"] });
  await expect(run.answer("edit", "perhaps")).rejects.toMatchObject({ code: "E_ANSWER" });
  await run.answer("edit", "yes", "mia");
}

const said = { seen: ["bees", "mia", "draft 2", "yes", "string"], attempt: 3 };

describe("questions of a step's code", () => {
  it.each(["local", "thread", "process"])(
    "on the %s executor: asked one after the other, whatever the code catches, effects once",
    async (executor) => {
      const { runtime, run } = await started(document(executor), { store: store() });
      await answerAll(run);
      const result = await run.result();
      expect([result.status, result.outputs]).toEqual(["completed", { out: said }]);
      await runtime.close();
    },
  );

  it("in memory, without a driver first: the same", async () => {
    const ask = defineStep({
      class: "AskStep",
      version: "1",
      run: async ({ ask }) => ({ out: (await ask("go", { question: "Go?" })).decision }),
    });
    const file = join(base, "plain.yml");
    writeFileSync(
      file,
      "name: plain\nsteps: { a: { class: AskStep } }\noutput_data_units: { end: { class: DataUnitMemory } }\nlinks: { o: { class: DirectLink, config: { source: a.out, target: end } } }\n",
    );
    const { runtime, run } = await started(file, { steps: [ask] });
    expect((await run.result()).status).toBe("waiting");
    await run.answer("a", "yes");
    expect((await run.result()).outputs).toEqual({ end: "yes" });
    await runtime.close();
  });

  it("answered while nobody drives the run, and by another process: it goes on when it is resumed", async () => {
    const folder = store();
    const file = document("local");
    const first = await started(file, { store: folder });
    await first.run.result();
    await first.runtime.close();
    const second = await createRuntime({ store: folder });
    expect(await (await second.attach(first.run.id)).answer("edit", "bees", "mia")).toMatchObject({ driven: false });
    await expect((await second.attach(first.run.id)).answer("edit#topic", "wasps")).rejects.toMatchObject({
      code: "E_ANSWER",
    });
    const run = await second.resume(first.run.id);
    expect((await run.result()).status).toBe("waiting");
    await run.answer("edit", "yes", "mia");
    expect((await run.result()).outputs).toEqual({ out: said });
    await second.close();
  });

  it("answers of two at the same moment: one counts", async () => {
    const { runtime, run } = await started(document("local"), { store: store() });
    await run.result();
    const both = await Promise.allSettled([run.answer("edit#topic", "a"), run.answer("edit#topic", "b")]);
    expect(both.map(({ status }) => status)).toContain("fulfilled");
    await run.result();
    await run.answer("edit#publish", "no");
    const { outputs } = await run.result();
    const { seen } = outputs["out"] as { readonly seen: readonly Json[] };
    expect([["a", "b"].includes(String(seen[0])), seen[3]]).toEqual([true, "no"]);
    const events = await runtime.store.events(run.id);
    expect(events.filter((event) => event.type === "wait.answered")).toHaveLength(2);
    await runtime.close();
  });
});
