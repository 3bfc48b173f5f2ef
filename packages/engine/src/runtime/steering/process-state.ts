import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { Holder } from "../../contracts/store.js";

/** Whether a process of this machine is stopped (SIGSTOP), where the system tells. */
export function isFrozen(holder: Holder): boolean {
  if (holder.host !== hostname()) return false;
  try {
    const stat = readFileSync(`/proc/${holder.pid}/stat`, "utf8");
    return /^[Tt]$/.test(stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3));
  } catch {
    return false;
  }
}
