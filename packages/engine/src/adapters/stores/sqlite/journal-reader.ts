import type { CacheEntry, KeptText, LogEntry, RunRecord } from "../../../contracts/store.js";
import type { RunEvent } from "../../../kernel/event.js";
import { unpackedText } from "../../../plan/packed-json.js";
import type { Plan } from "../../../plan/plan.js";
import type { RunFilter } from "../run-match.js";
import { CacheAhead } from "./cache-ahead.js";
import { chainOn, chainStart } from "./checksum.js";
import { type SqlRow, textOf } from "./driver.js";
import { damagedRow } from "./faults.js";
import type { Prepared } from "./prepared.js";
import {
  allRuns,
  cacheSelect,
  checkedBody,
  eventSelect,
  type Link,
  linkSelect,
  listedRun,
  logSelect,
  type Meta,
  metaOf,
  metaSelect,
  planSelect,
  runOf,
  runsBehind,
  runsHidden,
  runsWithHeads,
  type StoredRun,
} from "./rows.js";
import { unfinishedRuns } from "./schema.js";

const everything = -1;
/** Looking through all runs takes a fraction of comparing their indexes. */
const manyMissed = 10;

/**
 * Reads one journal over any connection to it. I4: a row is checked against its checksum before anything of it is
 * returned, and what should be there and is not is damage too (E_STORE_DAMAGED names file, table and row).
 */
export class JournalReader {
  readonly file: string;
  readonly #prepared: Prepared;
  readonly ahead: CacheAhead;
  #isTogether: boolean;
  /** How often a run was looked for that has no such id, and no such name. */
  #missed = 0;

  /** `alone`: nobody but this connection writes, so that what several queries find is of one state anyway. */
  constructor(prepared: Prepared, file: string, writers: "alone" | "others") {
    this.#prepared = prepared;
    this.ahead = new CacheAhead(prepared);
    this.#isTogether = writers === "alone";
    this.file = file;
  }

  meta(): Meta {
    return metaOf(this.#prepared.sql(`SELECT ${metaSelect} FROM meta`).get([]), this.file);
  }

  run(id: string): StoredRun | undefined {
    const row = this.#prepared.sql(`${runsWithHeads} WHERE runs.id=?`).get([id]);
    return row === undefined ? undefined : runOf(row, this.file);
  }

  /** Runs that have one of the ids, or one of the names. */
  named(ids: readonly string[], names: readonly string[]): readonly RunRecord[] {
    const given = "SELECT value FROM json_each(?)";
    const nums = `SELECT num FROM runs WHERE id IN (${given}) UNION SELECT num FROM runs WHERE name IN (${given})`;
    const rows = this.#prepared.sql(`${runsWithHeads} WHERE runs.num IN (${nums})`);
    return rows.all([JSON.stringify(ids), JSON.stringify(names)]).map((row) => listedRun(row, this.file));
  }

  /**
   * Runs whose id or name starts so, a few of each. A damaged index may hide one: the runs are looked through as they lie,
   * until it pays to compare the indexes with them once. What is added later is added by SQLite.
   */
  starting(prefix: string): readonly RunRecord[] {
    return this.#together(() => {
      const missed = this.#missed + 1;
      if (missed === manyMissed) this.#compareIndexes();
      const [how, check] = missed < manyMissed ? ["NOT INDEXED", true] : ["", missed === manyMissed];
      if (check) this.#expectRows(this.#prepared.sql(allRuns).get([])?.["found"] as number, this.meta().runs);
      // Counted only when nothing was found wrong: a damaged index is not relied on the next time either.
      this.#missed = missed;
      const nums = `SELECT num FROM runs ${how} WHERE id>=? AND id<? OR name>=? AND name<? LIMIT 4`;
      const rows = this.#prepared.sql(`${runsWithHeads} WHERE runs.num IN (${nums})`);
      const end = `${prefix}\u{10FFFF}`;
      return rows.all([prefix, end, prefix, end]).map((row) => listedRun(row, this.file));
    });
  }

  #compareIndexes(): void {
    const row = this.#prepared.sql(runsHidden).get([]);
    if (row === undefined) return;
    throw damagedRow(this.file, "runs", row["id"] as string, "it is there, and an index does not have it");
  }

  /** Before it is said that a run does not exist. */
  expectMissing(id: string): void {
    const isThere = this.starting(id).some((run) => run.id === id);
    if (!isThere || this.run(id) !== undefined) return;
    throw damagedRow(this.file, "runs", id, "it is there, and the index does not have it");
  }

  /** Newest first, in the order of creation. */
  runs(filter: RunFilter): readonly RunRecord[] {
    return this.#together(() => {
      const conditions = [
        ...(filter.unfinished === true ? [`runs.${unfinishedRuns}`] : []),
        ...(filter.workflow === undefined ? [] : ["runs.workflow=?"]),
      ];
      const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
      const values = filter.workflow === undefined ? [] : [filter.workflow];
      const rows = this.#prepared.sql(`${runsWithHeads}${where} ORDER BY runs.num DESC LIMIT ?`);
      const found = rows.all([...values, filter.limit ?? everything]).map((row) => listedRun(row, this.file));
      if (filter.limit === undefined && filter.workflow === undefined) {
        const { runs, unfinished } = this.meta();
        this.#expectRows(found.length, filter.unfinished === true ? unfinished : runs);
      }
      return found;
    });
  }

  /** Ids of runs that go on and whose rows of `heads` are older than their last events. */
  behind(): readonly string[] {
    return this.#prepared
      .sql(runsBehind)
      .all([])
      .map((row) => row["id"] as string);
  }

  #expectRows(found: number, expected: number): void {
    if (found === expected) return;
    throw damagedRow(this.file, "runs", "any", `${found} rows are found, ${expected} were written`);
  }

  /** Undefined: no such run in this journal. */
  events(runId: string, after: number, limit: number): readonly RunEvent[] | undefined {
    return this.#together(() => {
      const run = this.run(runId);
      return run === undefined ? undefined : this.eventsOf(run, after, limit);
    });
  }

  /** The same of a run as it is known to be now. */
  eventsOf(run: StoredRun, after: number, limit: number): readonly RunEvent[] {
    const { num } = run.head;
    const [from, before] = after === 0 ? [] : this.#linksUpTo(num, after + 1);
    const rows = this.#prepared.sql(
      `SELECT ${eventSelect} FROM events WHERE run=? AND first>=? AND first<=? ORDER BY events.first`,
    );
    const until = Math.min(after + limit, Number.MAX_SAFE_INTEGER);
    const events: RunEvent[] = [];
    let end = { last: before?.last ?? 0, chain: before?.chain ?? chainStart(run.record.id) };
    for (const row of rows.all([num, from?.first ?? 1, until])) {
      const list = this.#checked(run, end, row);
      for (const event of list) if (event.seq > after && events.length < limit) events.push(event);
      end = row as unknown as Link;
    }
    this.#expectEnd(run, end, events.length >= limit);
    return events;
  }

  /** The row that has event `seq`, or the last one, and the row before it. */
  #linksUpTo(num: number, seq: number): readonly Link[] {
    const sql = `SELECT ${linkSelect} FROM events WHERE run=? AND first<=? ORDER BY events.first DESC LIMIT 2`;
    return this.#prepared.sql(sql).all([num, seq]) as unknown as readonly Link[];
  }

  /** The events of a row that goes on where the one before it ended. */
  #checked(run: StoredRun, end: { last: number; chain: number }, row: SqlRow): readonly RunEvent[] {
    const { last, chain, bytes } = row as unknown as Link & { readonly bytes: unknown };
    const { id } = run.record;
    if (!(bytes instanceof Uint8Array) || chainOn(end.chain, bytes) !== chain) {
      throw this.#damagedEvents(row, `events of run ${id} after ${end.last} fail their checksum`);
    }
    const list = JSON.parse(textOf(bytes)) as RunEvent[];
    if (list[0]?.seq !== end.last + 1 || list[0].seq !== row["first"] || list.at(-1)?.seq !== last) {
      throw this.#damagedEvents(row, `events of run ${id} are missing after ${end.last}`);
    }
    const { saved } = run;
    if (last >= saved.seq && end.last < saved.seq && (last !== saved.seq || chain !== saved.chain)) {
      throw this.#damagedEvents(row, `events of run ${id} are not those written up to ${saved.seq}`);
    }
    return list;
  }

  #damagedEvents(row: SqlRow, what: string): unknown {
    return damagedRow(this.file, "events", row["num"] as number, what);
  }

  #expectEnd({ head, record }: StoredRun, end: { last: number; chain: number }, cut: boolean): void {
    const missing = cut ? end.last > head.seq : end.last !== head.seq;
    if (missing || (end.last === head.seq && end.chain !== head.chain)) {
      throw damagedRow(
        this.file,
        "events",
        head.num,
        `events of run ${record.id} end at ${end.last}, ${head.seq} were written`,
      );
    }
  }

  plan(hash: string): Plan | undefined {
    return this.#together(() => {
      const row = this.#prepared.sql(`SELECT ${planSelect} FROM plans WHERE hash=?`).get([hash]);
      if (row !== undefined) return unpackedText(checkedBody(row, this.file, "plans", ["hash"])) as Plan;
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
      for (const { id } of this.runs({})) {
        visit({ kind: "events", runId: id, text: JSON.stringify(this.events(id, 0, Number.POSITIVE_INFINITY) ?? []) });
      }
      for (const row of this.#prepared.sql(`SELECT ${planSelect} FROM plans`).all([])) {
        const text = JSON.stringify(unpackedText(checkedBody(row, this.file, "plans", ["hash"])));
        visit({ kind: "plan", hash: row["hash"] as string, text });
      }
      for (const row of this.#prepared.sql(`SELECT ${cacheSelect} FROM cache`).all([])) {
        const text = checkedBody(row, this.file, "cache", ["key", "place"]);
        visit({ kind: "cache", key: row["key"] as string, runId: (JSON.parse(text) as CacheEntry).runId, text });
      }
    });
  }

  cached(key: string): CacheEntry | undefined {
    return this.#entryOf(this.ahead.row(key));
  }

  lastCached(place: string): CacheEntry | undefined {
    const newest = `SELECT ${cacheSelect} FROM cache WHERE place=? ORDER BY cache.num DESC LIMIT 1`;
    return this.#entryOf(this.#prepared.sql(newest).get([place]));
  }

  #entryOf(row: SqlRow | undefined): CacheEntry | undefined {
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
