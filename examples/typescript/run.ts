// The same workflow from a program of your own: node --import tsx run.ts, or compile it first.
import { readFile } from "node:fs/promises";
import { createRuntime, Workflow } from "@nanobrain/engine";

const runtime = await createRuntime({ store: "memory" });
const workflow = await Workflow.fromConfig(new URL("sequences.yml", import.meta.url).pathname, { runtime });
workflow.startMonitoring((progress) => console.error(`${progress.settled} of ${progress.total} steps`));
const result = await workflow.execute({ fasta: await readFile(new URL("sequences.fasta", import.meta.url), "utf8") });
console.log(JSON.stringify(result.outputs, null, 2));
await runtime.close();
