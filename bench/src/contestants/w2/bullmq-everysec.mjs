// BullMQ flow: step k is the parent job of step k-1 (AOF everysec).

import { version as v } from "../../lib/version.mjs";
import { make } from "./_bullmq.mjs";
export const version = v("bullmq"),
  klass = "D1",
  note = "flow of nested jobs, Redis AOF everysec";
const m = make(process.env.REDIS_URL);
export const open = m.open,
  run = m.run,
  close = m.close;
