import type { CacheEntry, KeptText, LogEntry } from "../../../contracts/store.js";
import type { RunEvent } from "../../../kernel/event.js";
import type { Plan } from "../../../plan/plan.js";
import type { RunFilter } from "../run-match.js";
import { chainOn, chainStart } from "./checksum.js";
import { damagedRow } from "./faults.js";
import type { Prepared } from "./prepared.js";
import {
  cacheSelect,
  checkedBody,
  eventSelect,
  type Head,
  logSelect,
  type Meta,
  metaOf,
  metaSelect,
  planSelect,
  runOf,
  runsWithHeads,
  type StoredRun,
} from "./rows.js";
import { unfinishedRuns } from "./schema.js";

const everything = -1;

/**
 * Reads one journal over any connection to it. I4: a row is checked against its checksum before anything of it is
 * returned, and what should be there and is not is damage too (E_STORE_DAMAGED names file, table and row).
 */
export class JournalReader {
  readonly file: string;
  readonly #prepared: Prepared;
  #isTogether = false;

  constructor(prepared: Prepared, file: string) {
    this.#prepared = prepared;
    this.file = file;
  }

  meta(): Meta {
    return metaOf(this.#prepared.sql(`SELECT ${metaSelect} FROM meta`).get([]), this.file);
  }

  run(id: string): StoredRun | undefined {
    const row = this.#prepared.sql(`${runsWithHeads} WHERE runs.id=?`).get([id]);
    return row === undefined ? undefined : runOf(row, this.file);
  }

  /** Runs that have that id, or that name. */
  named(id: string, name: string): readonly StoredRun[] {
    const rows = this.#prepared.sql(`${runsWithHeads} WHERE runs.id=? OR runs.name=?`).all([id, name]);
    return rows.map((row) => runOf(row, this.file));
  }

  /** Newest first, in the order of creation. */
  runs(filter: RunFilter): readonly StoredRun[] {
    return this.#together(() => {
      const conditions = [
        ...(filter.unfinished === true ? [`runs.${unfinishedRuns}`] : []),
        ...(filter.workflow === undefined ? [] : ["runs.workflow=?"]),
      ];
      const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
      const values = filter.workflow === undefined ? [] : [filter.workflow];
      const rows = this.#prepared.sql(`${runsWithHeads}${where} ORDER BY runs.num DESC LIMIT ?`);
      const found = rows.all([...values, filter.limit ?? everything]).map((row) => runOf(row, this.file));
      if (filter.limit === undefined && filter.workflow === undefined) {
        const { runs, unfinished } = this.meta();
        this.#expectRows(found.length, filter.unfinished === true ? unfinished : runs);
      }
      return found;
    });
  }

  #expectRows(found: number, expected: number): void {
    if (found === expected) return;
    throw damagedRow(this.file, "runs", "any", `${found} rows are found, ${expected} were written`);
  }

  /** Undefined: no such run in this journal. */
  events(runId: string, after: number, limit: number): readonly RunEvent[] | undefined {
    return this.#together(() => {
      const run = this.run(runId);
      return run === undefined ? undefined : this.#eventsOf(runId, run.head, after, limit);
    });
  }

  #eventsOf(runId: string, head: Head, after: number, limit: number): readonly RunEvent[] {
    const before = this.#prepared.sql(
      `SELECT ${eventSelect} FROM events WHERE run=? AND seq<=? ORDER BY events.seq DESC LIMIT 1`,
    );
    const prior = after > 0 ? before.get([head.num, after]) : undefined;
    let seq = prior === undefined ? 0 : (prior["seq"] as number);
    let chain = prior === undefined ? chainStart(runId) : (prior["chain"] as number);
    const rows = this.#prepared.sql(
      `SELECT ${eventSelect} FROM events WHERE run=? AND seq>? ORDER BY events.seq LIMIT ?`,
    );
    const events: RunEvent[] = [];
    for (const row of rows.all([head.num, after, Number.isFinite(limit) ? limit : everything])) {
      const body = row["body"];
      if (typeof body !== "string" || chainOn(chain, body) !== row["chain"]) {
        throw damagedRow(
          this.file,
          "events",
          row["num"] as number,
          `events of run ${runId} after ${seq} fail their checksum`,
        );
      }
      const list = JSON.parse(body) as RunEvent[];
      if (list[0]?.seq !== seq + 1 || list.at(-1)?.seq !== row["seq"]) {
        throw damagedRow(this.file, "events", row["num"] as number, `events of run ${runId} are missing after ${seq}`);
      }
      for (const event of list) if (event.seq > after && events.length < limit) events.push(event);
      seq = row["seq"] as number;
      chain = row["chain"] as number;
    }
    this.#expectEnd(runId, head, { seq, chain }, events.length >= limit);
    return events;
  }

  #expectEnd(runId: string, head: Head, end: { seq: number; chain: number }, cut: boolean): void {
    const missing = cut ? end.seq > head.seq : end.seq !== head.seq;
    if (missing || (end.seq === head.seq && end.chain !== head.chain)) {
      throw damagedRow(
        this.file,
        "events",
        head.num,
        `events of run ${runId} end at ${end.seq}, ${head.seq} were written`,
      );
    }
  }

  plan(hash: string): Plan | undefined {
    return this.#together(() => {
      const row = this.#prepared.sql(`SELECT ${planSelect} FROM plans WHERE hash=?`).get([hash]);
      if (row !== undefined) return JSON.parse(checkedBody(row, this.file, "plans", ["hash"])) as Plan;
      const user = this.#prepared.sql("SELECT 1 AS found FROM runs WHERE plan=? LIMIT 1").get([hash]);
      if (user === undefined) return undefined;
      throw damagedRow(this.file, "plans", hash, "it is missing, and a run was made from it");
    });
  }

  /** In order. Undefined: no such run in this journal. */
  logs(runId: string): readonly LogEntry[] | undefined {
    return this.#together(() => {
      const run = this.run(runId);
      if (run === undefined) return undefined;
      const rows = this.#prepared
        .sql(`SELECT ${logSelect} FROM logs WHERE run=? ORDER BY logs.num`)
        .all([run.head.num]);
      if (rows.length !== run.head.logs) {
        throw damagedRow(
          this.file,
          "logs",
          "any",
          `${rows.length} rows of run ${runId} are found, ${run.head.logs} were written`,
        );
      }
      return rows.flatMap((row) => JSON.parse(checkedBody(row, this.file, "logs", ["run"])) as LogEntry[]);
    });
  }

  /** Every text of the journal, checked. */
  scan(visit: (kept: KeptText) => void): void {
    this.#together(() => {
      for (const { head, record } of this.runs({})) {
        const events = this.#eventsOf(record.id, head, 0, Number.POSITIVE_INFINITY);
        visit({ kind: "events", runId: record.id, text: JSON.stringify(events) });
      }
      for (const row of this.#prepared.sql(`SELECT ${planSelect} FROM plans`).all([])) {
        const text = checkedBody(row, this.file, "plans", ["hash"]);
        visit({ kind: "plan", hash: row["hash"] as string, text });
      }
      for (const row of this.#prepared.sql(`SELECT ${cacheSelect} FROM cache`).all([])) {
        const text = checkedBody(row, this.file, "cache", ["key", "place"]);
        visit({ kind: "cache", key: row["key"] as string, runId: (JSON.parse(text) as CacheEntry).runId, text });
      }
    });
  }

  cached(key: string): CacheEntry | undefined {
    return this.#cacheEntry(`SELECT ${cacheSelect} FROM cache WHERE key=?`, key);
  }

  lastCached(place: string): CacheEntry | undefined {
    return this.#cacheEntry(`SELECT ${cacheSelect} FROM cache WHERE place=? ORDER BY cache.num DESC LIMIT 1`, place);
  }

  #cacheEntry(sql: string, value: string): CacheEntry | undefined {
    const row = this.#prepared.sql(sql).get([value]);
    if (row === undefined) return undefined;
    return JSON.parse(checkedBody(row, this.file, "cache", ["key", "place"])) as CacheEntry;
  }

  /** Several queries over one state of the file, whatever another process commits meanwhile. */
  #together<Value>(read: () => Value): Value {
    if (this.#isTogether) return read();
    this.#isTogether = true;
    this.#prepared.sql("BEGIN").run([]);
    try {
      return read();
    } finally {
      this.#isTogether = false;
      this.#prepared.sql("COMMIT").run([]);
    }
  }
}
