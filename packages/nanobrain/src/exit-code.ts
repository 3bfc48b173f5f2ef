import type { RunStatus } from "@nanobrain/engine";

/** 0 completed, 1 failed, 3 paused, cancelled or waiting. */
export function exitCodeOf(status: RunStatus): number {
  switch (status) {
    case "completed":
      return 0;
    case "failed":
      return 1;
    case "pending":
    case "running":
    case "waiting":
    case "paused":
    case "cancelled":
      return 3;
  }
}
