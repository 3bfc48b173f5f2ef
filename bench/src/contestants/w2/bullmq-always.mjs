// BullMQ flow: step k is the parent job of step k-1 (AOF always).

import { version as v } from "../../lib/version.mjs";
import { make } from "./_bullmq.mjs";
export const version = v("bullmq"),
  klass = "D2",
  note = "flow of nested jobs, Redis AOF always";
const m = make(process.env.REDIS_ALWAYS_URL);
export const open = m.open,
  run = m.run,
  close = m.close;
