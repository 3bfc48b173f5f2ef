import { describe, expect, it } from "vitest";
import { defineStep } from "../components/define-step.js";
import { createRuntime } from "../runtime/create-runtime.js";
import { defineWorkflow } from "../runtime/definition/define-workflow.js";
import { Workflow } from "../runtime/workflow.js";
import { createStepNewsDesk, type StepNews } from "./step-news.js";

describe("step news", () => {
  it("a listener that throws: left out from then on, the others hear everything", () => {
    const desk = createStepNewsDesk();
    const heard: string[] = [];
    let calls = 0;
    desk.hear(() => {
      calls++;
      throw new RangeError("no");
    });
    const stop = desk.hear((news) => heard.push(news.step));
    for (const step of ["a", "b"]) desk.tell({ kind: "progress", step, fraction: 0.5, note: "" });
    stop();
    desk.tell({ kind: "progress", step: "c", fraction: null, note: "" });
    expect({ heard, calls }).toEqual({ heard: ["a", "b"], calls: 1 });
  });

  it("of a run: what its steps say of their progress, and what they log, with their paths", async () => {
    const talk = defineStep({
      class: "Talk",
      version: "1",
      async run({ progress, log }) {
        progress(0.25, "a quarter");
        log("info", "hello");
        return {};
      },
    });
    const runtime = await createRuntime({ steps: [talk] });
    const workflow = await Workflow.from(defineWorkflow({ name: "talking", steps: { one: { class: talk } } }), {
      runtime,
    });
    const heard: StepNews[] = [];
    const run = workflow.start();
    run.hear((news) => heard.push(news));
    await run.result();
    await runtime.close();
    expect(heard).toEqual([
      { kind: "progress", step: "one", fraction: 0.25, note: "a quarter" },
      { kind: "log", step: "one", level: "info", text: "hello" },
    ]);
  });
});
