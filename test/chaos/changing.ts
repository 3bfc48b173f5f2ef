import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRuntime, defineStep } from "@nanobrain/engine";
import { z } from "zod";
import { inFolder } from "./children.js";

/** What each attempt of a step does: gives this, or throws. */
type Try = { readonly gives: unknown } | "throws";

const document = `name: changing
error_handling: retry
error_handling_config: { max_retries: 3, retry_delay: 0 }
output_data_units: { end: { class: DataUnitMemory } }
steps:
  change: { class: Change, cache: off }
links: { end: { class: DirectLink, config: { source: change.out, target: end } } }
`;

/** A step whose port declares a number gives something else on some attempt: each attempt is looked at, and told by port and what it is. */
export const changes: readonly (readonly [string, readonly Try[], "completed" | "failed", number])[] = [
  ["a failure, then a text", ["throws", { gives: "7" }], "failed", 2],
  ["a failure, then nothing", ["throws", { gives: undefined }], "failed", 2],
  ["a failure, then a list", ["throws", { gives: [7] }], "failed", 2],
  ["two failures, then a number", ["throws", "throws", { gives: 7 }], "completed", 3],
  ["a text at once", [{ gives: "7" }, { gives: 7 }], "failed", 1],
];

export function changeFaults(
  tries: readonly Try[],
  status: string,
  attempts: number,
  schema: z.ZodType = z.number(),
): Promise<readonly string[]> {
  return inFolder(async (folder) => {
    writeFileSync(join(folder, "changing.yml"), document);
    const step = defineStep({
      class: "Change",
      version: "1",
      inputs: {},
      outputs: { out: schema },
      run({ attempt }) {
        const now = tries[attempt - 1];
        if (now === "throws" || now === undefined) throw Object.assign(new TypeError("not yet"), { kind: "network" });
        return now.gives === undefined ? {} : { out: now.gives };
      },
    });
    const runtime = await createRuntime({ store: join(folder, "store"), project: folder, steps: [step] });
    try {
      const run = await runtime.start(await runtime.load(join(folder, "changing.yml")), {});
      const result = await run.result();
      const { events } = await runtime.look(run.id);
      const begun = events.filter(({ type }) => type === "attempt.started").length;
      const { code = "", message = "" } = result.failures[0]?.failure ?? {};
      const isTold = status === "completed" || (/^E_(VALUE_SCHEMA|OUTPUT)/.test(code) && message.includes("out"));
      return [
        ...(result.status === status && begun === attempts ? [] : [`${result.status} after ${begun} attempts`]),
        ...(isTold ? [] : [`told ${code} ${message}`]),
      ];
    } finally {
      await runtime.close();
    }
  });
}
