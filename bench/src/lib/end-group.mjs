/** Ends a process that was started as the leader of its group, with all its children. */
export function endGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
