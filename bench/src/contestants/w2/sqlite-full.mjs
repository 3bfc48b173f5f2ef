// better-sqlite3, WAL, synchronous=FULL, one transaction per step.

import { version as v } from "../../lib/version.mjs";
import { make } from "./_sqlite.mjs";
export const version = v("better-sqlite3"),
  klass = "D2";
const m = make("FULL", false);
export const open = (d) => m.open(d),
  run = (s) => m.run(s),
  count = () => m.count(),
  close = () => m.close();
