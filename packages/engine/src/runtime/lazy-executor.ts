import type { Executor } from "../contracts/executor.js";

/** An executor whose code is loaded by its first attempt, so that a start costs nothing for one that no plan names. */
export function lazyExecutor(name: string, lanes: number, open: () => Promise<Executor>): Executor {
  let opened: Promise<Executor> | undefined;
  let closed = false;
  return {
    name,
    lanes,
    async execute(request, sink, signal) {
      opened ??= open();
      const executor = await opened;
      // Refuses what comes after the end, with the words of its kind.
      if (closed) await executor.close();
      return executor.execute(request, sink, signal);
    },
    async close() {
      closed = true;
      await (await opened)?.close();
    },
  };
}
