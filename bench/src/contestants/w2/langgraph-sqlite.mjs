import { SqliteSaver } from "@langchain/langgraph-checkpoint-sqlite";
import { version as v } from "../../lib/version.mjs";
import { make } from "./_langgraph.mjs";
export const version = `${v("@langchain/langgraph")} / ${v("@langchain/langgraph-checkpoint-sqlite")}`,
  klass = "D1",
  note = "durability sync; one node looping";
let go;
export function open(dir) {
  go = make(SqliteSaver.fromConnString(`${dir}/c.db`));
}
export const run = (s) => go(s);
