import { Annotation, END, START, StateGraph } from "@langchain/langgraph";

let id = 0;
export async function build({ graph, step }, checkpointer) {
  const n = graph.n;
  const t0 = performance.now();
  const S = Annotation.Root({ x: Annotation({ reducer: (_a, b) => b, default: () => 0 }) });
  const g = new StateGraph(S);
  for (let i = 0; i < n; i++) {
    const f = step(i);
    g.addNode(`s${i}`, async () => {
      await f();
      return { x: i };
    });
  }
  for (let i = 0; i < n; i++) {
    const p = graph.preds(i);
    if (!p.length) g.addEdge(START, `s${i}`);
    else if (p.length === 1) g.addEdge(`s${p[0]}`, `s${i}`);
    else
      g.addEdge(
        Array.from(p, (x) => `s${x}`),
        `s${i}`,
      );
    if (!graph.succs(i).length) g.addEdge(`s${i}`, END);
  }
  const c = g.compile({ checkpointer });
  const t = performance.now();
  await c.invoke({ x: 0 }, { recursionLimit: n + 10, configurable: { thread_id: `t${id++}` } });
  return { ms: performance.now() - t, buildMs: t - t0 };
}
