import { writeFileSync } from "node:fs";
import { version as v } from "../../lib/version.mjs";
import { node } from "./_yaml.mjs";
export const version = v("@langchain/langgraph"),
  note = "import + 5 nodes in code";
export function setup(dir) {
  const r = (m) => JSON.stringify(import.meta.resolve(m));
  writeFileSync(
    `${dir}/m.mjs`,
    `import{StateGraph,Annotation,START,END}from${r("@langchain/langgraph")};const p=(i)=>process.stdout.write(i===0?'@@first\\n':'step\\n'); const S=Annotation.Root({x:Annotation({reducer:(a,b)=>b})});const g=new StateGraph(S);for(let i=0;i<5;i++)g.addNode('s'+i,async()=>{p(i);return{x:i}});g.addEdge(START,'s0');for(let i=1;i<5;i++)g.addEdge('s'+(i-1),'s'+i);g.addEdge('s4',END);await g.compile().invoke({x:0})`,
  );
  return node(dir, "m.mjs");
}
