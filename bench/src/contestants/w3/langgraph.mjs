import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
import { version as v } from "../../lib/version.mjs";
export const version = v("@langchain/langgraph"),
  n = 1000;
export const note = "graph of 3 nodes, one invoke per event";
export async function pipeline({ stages: [a, b, c], onOut }) {
  const S = Annotation.Root({ e: Annotation({ reducer: (_x, y) => y, default: () => null }) });
  const g = new StateGraph(S)
    .addNode("a", async (s) => ({ e: await a(s.e) }))
    .addNode("b", async (s) => ({ e: await b(s.e) }))
    .addNode("c", async (s) => ({ e: await c(s.e) }))
    .addEdge(START, "a")
    .addEdge("a", "b")
    .addEdge("b", "c")
    .addEdge("c", END)
    .compile();
  return {
    emit(ev) {
      g.invoke({ e: ev }).then((s) => onOut(s.e));
    },
  };
}
