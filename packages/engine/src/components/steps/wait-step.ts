import type { StepCall, StepDefinition } from "../../contracts/component.js";
import type { Json } from "../../contracts/json.js";
import { durationMs } from "../../document/quantities.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { duration } from "../triggers/trigger-parts.js";
import { interpolate } from "./interpolate.js";
import { momentOf } from "./moment.js";

const docs = `Waits for a span of time, or until a moment. It holds no thread, program or memory meanwhile, and the wait survives
a restart: it ends when the time has come, or at once if it came while nothing ran.

**Inputs.** The links name them. \`for\` and \`until\` may hold \`{{ port }}\`.

**Output.** \`at\`: the moment at which the wait was due.

A moment is ISO text with its zone, \`2030-01-31T08:00:00Z\` or \`...+02:00\`; a date alone is midnight UTC; a number counts the
seconds since 1970, from 100,000,000,000 on the milliseconds.

\`\`\`yaml
cool_down:
  class: WaitStep
  config: { for: 90s }
embargo:
  class: WaitStep
  config: { until: "{{ release_date }}" }
  inputs: { release_date: { from: paper.release_date } }
\`\`\`
`;

/** Ten years, as every duration of a document. */
const MAX_WAIT_MS = 10 * 365 * 86_400_000;

async function run({ config, inputs, context }: StepCall): Promise<never> {
  const given = interpolate(config, inputs);
  const span = given["for"];
  const until = span === undefined ? untilOf(given["until"] ?? null) : context.startedAt + spanMs(span);
  return context.suspend({ until });
}

function spanMs(said: Json): number {
  const ms = typeof said === "number" ? said * 1000 : typeof said === "string" ? durationMs(said) : undefined;
  if (ms !== undefined && ms >= 0 && ms <= MAX_WAIT_MS) return Math.round(ms);
  throw refused("for", said, "a span of at most ten years is expected: seconds, or text such as 90s, 5m, 2h");
}

function untilOf(said: Json): number {
  const moment = momentOf(said);
  if ("at" in moment) return moment.at;
  throw refused("until", said, moment.problem);
}

function refused(key: string, said: Json, what: string): Error {
  const shown = JSON.stringify(said);
  const quoted = shown.length > 100 ? `${shown.slice(0, 100)}...` : shown;
  return nanobrainError("E_MOMENT", { key, quoted, what });
}

export const waitStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.core.step.WaitStep",
  version: "1",
  summary: "Waits for a span of time or until a moment.",
  docs,
  config: (zod) => {
    const reference = zod.string().regex(/\{\{.*\}\}/s);
    return zod
      .strictObject({
        for: zod
          .union([duration(zod), reference])
          .optional()
          .describe("Span to wait; may hold `{{ port }}`."),
        until: zod
          .union([zod.string().min(1), zod.number()])
          .optional()
          .describe("Moment to wait for, such as 2030-01-31T08:00:00Z; may hold `{{ port }}`."),
      })
      .refine((value) => (value.for === undefined) !== (value.until === undefined), "a WaitStep needs for or until");
  },
  ports: () => ({ inputs: {}, outputs: { at: { schema: { type: "string" } } }, openInputs: true, openOutputs: false }),
  // A wait is not over because another one was.
  effects: true,
  executor: "local",
  check: (config) => {
    const until = config["until"];
    if (until === undefined || (typeof until === "string" && until.includes("{{"))) return Promise.resolve([]);
    const moment = momentOf(until);
    if ("at" in moment) return Promise.resolve([]);
    const message = `until: ${JSON.stringify(until)} is no moment: ${moment.problem}`;
    return Promise.resolve([{ path: ["until"], code: "E_TYPE", message }]);
  },
  run,
};
