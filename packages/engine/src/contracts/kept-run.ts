import type { RunEvent } from "../kernel/event.js";
import type { RunRecord } from "./store.js";

/** A run whose journal is kept in a form of its own: its events are made when somebody reads them. */
export interface KeptRun {
  record(): RunRecord;
  /** Events with numbers above `after`, at most `limit`, in order. */
  events(after: number, limit: number): Promise<readonly RunEvent[]>;
  /** All that its events name, as text: what it uses can be found in it. */
  text(): string;
}
