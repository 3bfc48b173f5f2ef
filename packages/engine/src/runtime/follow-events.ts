import { nanobrainError } from "../errors/nanobrain-error.js";
import type { Driver } from "../host/driver.js";
import type { HostParts } from "../host/parts.js";
import type { RunEvent } from "../kernel/event.js";

/** Events read from the store at once. */
const pageSize = 1000;
/** Events kept for a consumer that is slow; one that falls further behind reads them from the store again. */
const mostWaiting = 1000;

/**
 * Committed events of a run that this process drives, from number `after` + 1 on, each once and in order; ends when the run
 * rests. Memory is bounded however slow the consumer is, and leaving the loop frees all of it.
 */
export async function* followEvents(parts: HostParts, driver: Driver, after: number): AsyncIterable<RunEvent> {
  if (!Number.isSafeInteger(after) || after < 0)
    throw nanobrainError("E_USAGE", { problem: `Events follow a number, 0 or more: ${after} is none` });
  const heard = listenTo(driver);
  let last = after;
  try {
    for (;;) {
      for (const event of await nextEvents(parts, driver, heard, last)) {
        if (event.seq <= last) continue;
        heard.behind ||= event.seq > last + 1;
        if (event.seq > last + 1) break;
        last = event.seq;
        yield event;
      }
      if (heard.behind || heard.waiting.length > 0) continue;
      if (driver.isAtRest) return await driver.rest();
      await heard.more();
    }
  } finally {
    heard.stop();
  }
}

type Heard = {
  waiting: RunEvent[];
  /** Something is in the store that was not heard. */
  behind: boolean;
  /** Resolves when something was heard, or the run rests. */
  more(): Promise<void>;
  stop(): void;
};

function listenTo(driver: Driver): Heard {
  let wake = (): void => undefined;
  let watchesRest = false;
  const heard: Heard = {
    waiting: [],
    behind: true,
    more: () =>
      new Promise((resolve) => {
        wake = resolve;
        if (watchesRest) return;
        watchesRest = true;
        const rested = (): void => {
          watchesRest = false;
          wake();
        };
        driver.rest().then(rested, rested);
      }),
    stop: driver.listen((event) => {
      if (heard.waiting.length < mostWaiting) heard.waiting.push(event);
      else heard.behind = true;
      wake();
    }),
  };
  return heard;
}

/** What was heard, or, where that is not all, a page of the store. */
async function nextEvents(parts: HostParts, driver: Driver, heard: Heard, last: number): Promise<readonly RunEvent[]> {
  if (!heard.behind) {
    const { waiting } = heard;
    heard.waiting = [];
    return waiting;
  }
  // What comes while the page is read is heard, or leaves it behind again.
  heard.waiting = heard.waiting.filter((event) => event.seq > last);
  heard.behind = false;
  const page = await parts.store.events(driver.tree.id, last, pageSize);
  if (page.length === pageSize) heard.behind = true;
  return page;
}
