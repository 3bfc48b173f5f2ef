import { createStep, createWorkflow } from "@mastra/core/workflows";
import { z } from "zod";
import { version as v } from "../../lib/version.mjs";
export const version = v("@mastra/core"),
  n = 1000;
export const note = "workflow of 3 steps, one run per event";
export async function pipeline({ stages, onOut }) {
  const any = z.any();
  let w = createWorkflow({ id: "w", inputSchema: any, outputSchema: any });
  stages.forEach((f, i) => {
    w = w.then(
      createStep({ id: `s${i}`, inputSchema: any, outputSchema: any, execute: async ({ inputData }) => f(inputData) }),
    );
  });
  w.commit();
  return {
    emit(ev) {
      w.createRunAsync()
        .then((r) => r.start({ inputData: ev }))
        .then((r) => onOut(r.result));
    },
  };
}
