import { createWorkflow, workflowEvent } from "@llamaindex/workflow-core";
import { version as v } from "../../lib/version.mjs";
export const version = v("@llamaindex/workflow-core"),
  n = 20000;
export const note = "one context, sendEvent per event";
export async function pipeline({ stages: [a, b, c], onOut }) {
  const e1 = workflowEvent(),
    e2 = workflowEvent(),
    e3 = workflowEvent(),
    e4 = workflowEvent();
  const w = createWorkflow();
  w.handle([e1], async (...x) => e2.with(await a(x.at(-1).data)));
  w.handle([e2], async (...x) => e3.with(await b(x.at(-1).data)));
  w.handle([e3], async (...x) => e4.with(await c(x.at(-1).data)));
  w.handle([e4], (...x) => {
    onOut(x.at(-1).data);
  });
  const { sendEvent } = w.createContext();
  return {
    emit(ev) {
      sendEvent(e1.with(ev));
    },
  };
}
