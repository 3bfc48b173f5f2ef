import type { PlainDefinition } from "../../contracts/component.js";

const docs = `Each attempt runs in a process of its own, which is used again by the next attempt if the one before left nothing behind.
Whatever a step's code does to its process, its memory or its children ends its own attempt only.

- **Memory.** \`resources: { memory: 512MB }\` of a step limits its heap and, on Linux, what it and its children hold at once,
  beyond what an empty process holds. Whoever holds more is ended: a failure of kind \`resource\`.
- **Ends.** At its timeout, or when the run is cancelled, a process is told, then ended with its whole group. None outlives
  the engine, however that ends.
- **Environment.** It sees \`PATH\`, \`HOME\`, language, time zone, folder of temporary files and certificates, and no other
  variable; secrets come as \`\${secret:NAME}\` in the step's config.
- **Output.** What code prints becomes lines of the step's log.

\`\`\`yaml
steps:
  fold:
    class: ./fold.ts#Fold
    executor: process
    resources: { memory: 2GB }
    timeout: 10m
\`\`\`
`;

export const processExecutor: PlainDefinition = {
  kind: "executor",
  class: "nanobrain.core.executor.ProcessExecutor",
  version: "1",
  summary: "Runs steps in processes of their own.",
  docs,
  config: (zod) =>
    zod.strictObject({
      max_workers: zod.int().min(1).max(1024).optional().describe("Attempts at once; default: what the machine has."),
    }),
};
