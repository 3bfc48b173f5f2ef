import type { Json, StepContext } from "@nanobrain/engine";

/** How an agent's text leaves as it is made: records `{ call, text }`, `{ restart: true }` (what came before is void), `{ done: true }`. */
export type TextStream = {
  onText(call: number, text: string): void;
  /** The call begins anew. */
  onRestart(): void;
  /** The call is over; `isRecorded`: an earlier attempt made it. Resolves when its text is on disk. */
  finish(call: number, text: string, isRecorded: boolean): Promise<void>;
  done(): Promise<void>;
};

const mostCharacters = 200;
const mostMs = 30;

/**
 * T1. Emits of earlier attempts that are on disk are dropped by number: as many empty ones go first, then a restart, then all texts
 * again. T2. A call is recorded only after its text has been sent, so that no text of a recorded call is missing.
 */
export function openTextStream(context: Pick<StepContext, "emit" | "emitted">, port: string): TextStream {
  const said: { readonly call: number; readonly text: string }[] = [];
  let last: Promise<void> = Promise.resolve();
  let isFirst = true;
  let pending = "";
  let timer: NodeJS.Timeout | undefined;
  const send = (value: Json): void => {
    last = context.emit(port, value);
    last.catch(() => undefined);
  };
  const begin = (): void => {
    if (!isFirst) return;
    isFirst = false;
    const before = context.emitted(port);
    for (let count = 0; count < before; count++) send({});
    if (before > 0) send({ restart: true });
  };
  const push = (call: number): void => {
    clearTimeout(timer);
    timer = undefined;
    if (pending !== "") send({ call, text: pending });
    pending = "";
  };
  return {
    onText(call, text) {
      begin();
      pending += text;
      if (pending.length >= mostCharacters) push(call);
      // A model that falls silent must not keep back what it said.
      else timer ??= setTimeout(() => push(call), mostMs);
    },
    onRestart() {
      begin();
      clearTimeout(timer);
      timer = undefined;
      pending = "";
      send({ restart: true });
      for (const one of said) send(one);
    },
    async finish(call, text, isRecorded) {
      begin();
      if (isRecorded && text !== "") send({ call, text });
      else push(call);
      if (text !== "") said.push({ call, text });
      await last;
    },
    async done() {
      begin();
      send({ done: true });
      await last;
    },
  };
}
