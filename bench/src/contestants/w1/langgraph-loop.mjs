// LangGraph's natural chain: one node that loops through a conditional edge n times.
import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
import { version as v } from "../../lib/version.mjs";
export const version = v("@langchain/langgraph");
export const note = "one node looping";
export const supports = (s) => s.kind === "chain" && !(s.n > 10000);
export async function run({ graph, step }) {
  const n = graph.n,
    f = Array.from({ length: n }, (_, i) => step(i));
  const t0 = performance.now();
  const S = Annotation.Root({ i: Annotation({ reducer: (_a, b) => b, default: () => 0 }) });
  const g = new StateGraph(S)
    .addNode("s", async (st) => {
      await f[st.i]();
      return { i: st.i + 1 };
    })
    .addEdge(START, "s")
    .addConditionalEdges("s", (st) => (st.i < n ? "s" : END))
    .compile();
  const t = performance.now();
  await g.invoke({ i: 0 }, { recursionLimit: n + 10 });
  return { ms: performance.now() - t, buildMs: t - t0 };
}
