import { Annotation, END, START, StateGraph } from "@langchain/langgraph";

let id = 0;
export function make(checkpointer) {
  const S = Annotation.Root({
    i: Annotation({ reducer: (_a, b) => b, default: () => 0 }),
    n: Annotation({ reducer: (_a, b) => b, default: () => 0 }),
  });
  const g = new StateGraph(S)
    .addNode("s", async (st) => ({ i: st.i + 1 }))
    .addEdge(START, "s")
    .addConditionalEdges("s", (st) => (st.i < st.n ? "s" : END))
    .compile({ checkpointer });
  return async ({ runs, steps }) => {
    const t = performance.now();
    await Promise.all(
      Array.from({ length: runs }, () =>
        g.invoke(
          { i: 0, n: steps },
          {
            recursionLimit: steps + 10,
            durability: "sync",
            configurable: { thread_id: `t${Date.now()}-${id++}` },
          },
        ),
      ),
    );
    return { ms: performance.now() - t };
  };
}
