import type { RunEvent } from "../kernel/event.js";
import type { Reactions } from "./reactions.js";

type Heard = { listen(listener: (event: RunEvent) => void): () => void };

/**
 * Lets reactions hear each event of a run that goes on meanwhile once, in order, those of the past first; then starts them. Returns the
 * way to stop.
 */
export async function hearRun(
  reactions: Reactions,
  driver: Heard,
  past: () => Promise<readonly RunEvent[]>,
): Promise<() => void> {
  const early: RunEvent[] = [];
  let last = 0;
  let isCurrent = false;
  let isLetGo = false;
  const hear = (event: RunEvent): void => {
    if (event.seq <= last) return;
    last = event.seq;
    reactions.hear(event);
  };
  const deafen = driver.listen((event) => {
    if (event.type === "run.released") {
      isLetGo = true;
      reactions.stop();
    } else if (isCurrent) hear(event);
    else early.push(event);
  });
  for (const event of await past()) hear(event);
  for (const event of early) hear(event);
  isCurrent = true;
  if (!isLetGo) reactions.start();
  return () => {
    deafen();
    reactions.stop();
  };
}
