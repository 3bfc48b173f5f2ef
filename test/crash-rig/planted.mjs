// Bugs that are planted on purpose where the engine meets its store and its clock: a rig that misses one is broken.
import { openSqliteStore } from "../../packages/engine/dist/adapters/stores/sqlite/sqlite-store.js";

/** How each bug commits. */
const commits = {
  /** Says that events are on disk before they are. */
  "ack-before-write": (store) => (batches) => {
    const late = async () => store.commit(batches);
    // What comes after the store was closed is lost, as the bug would have it.
    setTimeout(() => late().catch(() => undefined), 40);
  },
  /** Events of a turn and what the index of runs says of it are two transactions. */
  "split-transition": (store) => (batches) => {
    const first = store.commit(batches.map(({ record: _record, ...rest }) => rest));
    const second = () =>
      store.commit(batches.filter(({ record }) => record).map((batch) => ({ ...batch, events: [] })));
    return first === undefined ? second() : first.then(second);
  },
  /** A commit that failed is taken for done. */
  "swallowed-error": (store) => (batches) => {
    try {
      return store.commit(batches);
    } catch {
      return undefined;
    }
  },
};

/** The store's folder, or an open store with the bug in it. */
export async function plantedStore(planted, folder) {
  if (commits[planted] === undefined) return folder;
  const store = await openSqliteStore({ folder });
  const commit = commits[planted](store);
  return new Proxy(store, {
    get(target, name) {
      if (name === "commit") return commit;
      const value = target[name];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** A clock that forgets, after a restart, to wake anybody; undefined: the usual one. */
export function plantedClock(planted, mode) {
  if (planted !== "lost-timer" || mode !== "resume") return undefined;
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    random: () => Math.random(),
    wake: () => () => undefined,
  };
}
