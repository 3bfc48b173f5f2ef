import type { KeptText, RunRecord } from "../../contracts/store.js";

/** What of a store stays when some of its runs go. */
export type Uses = {
  /** Runs to remove: old, ended, and no run that stays was forked from them. */
  readonly removed: readonly RunRecord[];
  /** Cache entries that came from them and that no run that stays has used. */
  readonly cacheKeys: readonly string[];
  /** Hashes that what stays names, and those that only what goes names. `json`: of those that stay, blobs that may name others. */
  readonly used: Set<string>;
  readonly freed: ReadonlySet<string>;
  readonly json: ReadonlySet<string>;
  /** Size of the texts that go. */
  readonly textBytes: number;
};

const hashes = /[0-9a-f]{64}/g;
const jsonBlobs = /"blob":"([0-9a-f]{64})"/g;

type Named = { readonly hashes: Set<string>; readonly json: Set<string>; bytes: number; forkedFrom?: string };

/**
 * Finds out what is used by what. Any text that looks like a hash counts as a use, so that a use in a place not known here
 * is never missed.
 */
export class UseIndex {
  readonly #runs = new Map<string, Named>();
  readonly #plans = new Map<string, Named>();
  readonly #entries = new Map<string, Named & { readonly runId: string }>();

  readonly visit = (kept: KeptText): void => {
    const { text } = kept;
    switch (kept.kind) {
      case "events": {
        const named = this.#runs.get(kept.runId) ?? nothing();
        this.#runs.set(kept.runId, named);
        note(named, text);
        const from = /"forked":\{"from":"([^"]+)"/.exec(text)?.[1];
        if (from !== undefined) named.forkedFrom ??= from;
        return;
      }
      case "plan":
        return note(set(this.#plans, kept.hash, nothing()), text);
      case "cache":
        return note(set(this.#entries, kept.key, { ...nothing(), runId: kept.runId }), text);
    }
  };

  /** `old`: runs that have ended and may go. `more`: hashes in use elsewhere. */
  without(all: readonly RunRecord[], old: readonly RunRecord[], more: Iterable<string>): Uses {
    const going = new Set(old.map((run) => run.id));
    for (let again = true; again; ) {
      again = false;
      for (const [id, { forkedFrom }] of this.#runs) {
        if (!going.has(id) && forkedFrom !== undefined && going.delete(forkedFrom)) again = true;
      }
    }
    const used = new Set(more);
    const json = new Set<string>();
    const keep = (named: Named | undefined): void => {
      for (const hash of named?.hashes ?? []) used.add(hash);
      for (const hash of named?.json ?? []) json.add(hash);
    };
    for (const run of all) {
      if (going.has(run.id)) continue;
      keep(this.#runs.get(run.id));
      keep(this.#plans.get(run.planHash));
    }
    const cacheKeys = [...this.#entries].flatMap(([key, { runId }]) =>
      going.has(runId) && !used.has(key) ? [key] : [],
    );
    const gone = new Set(cacheKeys);
    for (const [key, entry] of this.#entries) if (!gone.has(key)) keep(entry);
    const leaving = [
      ...[...going].flatMap((id) => this.#runs.get(id) ?? []),
      ...cacheKeys.flatMap((key) => this.#entries.get(key) ?? []),
    ];
    const freed = new Set(leaving.flatMap((named) => [...named.hashes]));
    const textBytes = leaving.reduce((sum, named) => sum + named.bytes, 0);
    return { removed: old.filter((run) => going.has(run.id)), cacheKeys, used, freed, json, textBytes };
  }
}

function nothing(): Named {
  return { hashes: new Set(), json: new Set(), bytes: 0 };
}

function set<Value>(map: Map<string, Value>, key: string, value: Value): Value {
  map.set(key, value);
  return value;
}

function note(named: Named, text: string): void {
  named.bytes += text.length;
  for (const [hash] of text.matchAll(hashes)) named.hashes.add(hash);
  for (const [, hash = ""] of text.matchAll(jsonBlobs)) named.json.add(hash);
}

/** Hashes that a text names. */
export function hashesIn(text: string): readonly string[] {
  return text.match(hashes) ?? [];
}
