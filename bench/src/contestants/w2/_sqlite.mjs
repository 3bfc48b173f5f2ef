import Database from "better-sqlite3";
import { drive } from "../../workloads/w2.mjs";
export function make(sync, group) {
  let db,
    ins,
    q = [],
    armed = false;
  return {
    open(dir) {
      db = new Database(`${dir}/j.db`);
      db.pragma("journal_mode=WAL");
      db.pragma(`synchronous=${sync}`);
      db.exec(
        "create table if not exists s(g integer, r integer, i integer, v text, primary key(g,r,i)) without rowid",
      );
      ins = db.prepare("insert into s values(?,?,?,?)");
    },
    g: 0,
    run(s) {
      const g = ++this.g;
      if (!group)
        return drive((r, i, v) => {
          ins.run(g, r, i, JSON.stringify(v));
        }, s);
      const tx = db.transaction((b) => {
        for (const x of b) ins.run(g, x[0], x[1], x[2]);
      });
      const flush = () => {
        armed = false;
        const b = q;
        q = [];
        tx(b);
        for (const x of b) x[3]();
      };
      return drive(
        (r, i, v) =>
          new Promise((ok) => {
            q.push([r, i, JSON.stringify(v), ok]);
            if (!armed) {
              armed = true;
              setImmediate(flush);
            }
          }),
        s,
      );
    },
    count() {
      return db.prepare("select count(*) c from s where g=?").get(this.g).c;
    },
    close() {
      db.close();
    },
  };
}
