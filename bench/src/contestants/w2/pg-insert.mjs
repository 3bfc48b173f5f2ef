// PostgreSQL floor: one prepared INSERT (own transaction, synchronous_commit=on) per step; pool of 20.
import pg from "pg";
import { version as v } from "../../lib/version.mjs";
import { drive } from "../../workloads/w2.mjs";
export const version = `pg ${v("pg")}`,
  klass = "D2";
let pool,
  g = 0;
export async function open() {
  pool = new pg.Pool({ connectionString: process.env.PG_URL, max: 20 });
  await pool.query("drop table if exists bench_steps");
  await pool.query("create table bench_steps(g int, r int, i int, v jsonb, primary key(g,r,i))");
}
export const run = (s) => {
  const k = ++g;
  return drive(
    (r, i, v) => pool.query({ name: "ins", text: "insert into bench_steps values($1,$2,$3,$4)", values: [k, r, i, v] }),
    s,
  );
};
export const count = async () => +(await pool.query("select count(*) c from bench_steps where g=$1", [g])).rows[0].c;
export const close = () => pool.end();
