import type { StepContext } from "../contracts/component.js";
import type { Json } from "../contracts/json.js";

export type CheckedEmits = {
  readonly emit: StepContext["emit"];
  /** Ports that something was emitted on. */
  readonly ports: ReadonlySet<string>;
  /** Resolves when everything emitted is sent and acknowledged; rejects with what was refused. */
  settled(): Promise<void>;
};

/**
 * Emits what `check` makes of each value, in the order of the calls, also where a check takes its time. A value that is
 * refused fails the step, whether it looks at it or not.
 */
export function checkedEmits(
  context: Pick<StepContext, "emit">,
  check: (port: string, value: Json) => Json | Promise<Json>,
): CheckedEmits {
  const ports = new Set<string>();
  const open = new Set<Promise<void>>();
  /** The last value whose check takes its time: what comes after it is sent after it. */
  let line: Promise<unknown> | undefined;

  const sent = async (port: string, value: Json): Promise<void> => {
    const checked = check(port, value);
    if (!(checked instanceof Promise) && line === undefined) return context.emit(port, checked);
    const turn = Promise.all([checked, line]).then(([json]) => ({ acknowledged: context.emit(port, json) }));
    line = turn;
    const { acknowledged } = await turn;
    if (line === turn) line = undefined;
    return acknowledged;
  };
  const emit = (port: string, value: Json): Promise<void> => {
    ports.add(port);
    const promise = sent(port, value);
    open.add(promise);
    promise.then(
      () => open.delete(promise),
      () => undefined,
    );
    return promise;
  };
  return { emit, ports, settled: async () => void (await Promise.all(open)) };
}
