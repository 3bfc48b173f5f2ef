import { PostgresSaver } from "@langchain/langgraph-checkpoint-postgres";
import pg from "pg";
import { version as v } from "../../lib/version.mjs";
import { make } from "./_langgraph.mjs";
export const version = `${v("@langchain/langgraph")} / ${v("@langchain/langgraph-checkpoint-postgres")}`,
  klass = "D2",
  note = "durability sync; one node looping";
let go, pool;
export async function open() {
  pool = new pg.Pool({ connectionString: process.env.PG_URL, max: 20 });
  const s = new PostgresSaver(pool);
  await s.setup();
  go = make(s);
}
export const run = (s) => go(s);
export const close = () => pool.end();
