import { createLocalExecutor } from "../../adapters/executors/local/local-executor.js";
import type { Blobs } from "../../contracts/blobs.js";
import { type Clock, callAfter } from "../../contracts/clock.js";
import type { StepDefinition } from "../../contracts/component.js";
import type { DirectStep } from "../../contracts/direct-step.js";
import type { AttemptSink, Executor } from "../../contracts/executor.js";
import type { OpenHttp } from "../../contracts/http.js";
import { failureOf } from "../../errors/failure-of.js";
import type { ExpressCall } from "../../express/express-call.js";

/** An attempt whose code runs already. */
export type Begun = {
  /** Absent: the code was given nothing that asks the engine for anything. */
  readonly call: ExpressCall | undefined;
  readonly ending: Promise<unknown>;
  /** When its time is over. */
  readonly limit: Limit | undefined;
  readonly definition: StepDefinition;
  readonly direct: DirectStep;
  /** How many values it had sent by then, by port. */
  readonly sent: ReadonlyMap<string, number>;
  /** For its log. */
  readonly warning: string | undefined;
};

/** On the steady clock. */
type Limit = { readonly clock: Clock; readonly endsAtMs: number; readonly timeoutMs: number };

type AdoptedSurroundings = { readonly blobs: Blobs; readonly http: OpenHttp; readonly graceMs: number };

/** Ends one attempt that began before: all that surrounds an attempt happens, but its code is not called a second time. */
export function adoptedExecutor(begun: Begun, around: AdoptedSurroundings): Executor {
  const { call, ending, direct, sent } = begun;
  const { blobs, http, graceMs } = around;
  const definition: StepDefinition = {
    ...begun.definition,
    run: (given) =>
      direct.around(
        given,
        async (context) => {
          call?.bind(context);
          try {
            return await ending;
          } catch (error) {
            call?.endAsWaiting(error, context);
            throw error;
          }
        },
        new Set(sent.keys()),
      ),
  };
  const local = createLocalExecutor({ code: { find: () => Promise.resolve(definition), http }, blobs, graceMs });
  return {
    name: local.name,
    lanes: 1,
    close: local.close,
    async execute(request, sink, signal) {
      const { signal: either, off } = begun.limit === undefined ? { signal, off: none } : limited(signal, begun.limit);
      if (begun.warning !== undefined) sink.log("warn", begun.warning);
      call?.follow(either);
      try {
        return await local.execute(request, sent.size === 0 ? sink : goingOn(sink, sent), either);
      } finally {
        off();
        call?.close();
      }
    },
  };
}

const none = (): void => undefined;

/** The time that the attempt took before it came here counts. */
function limited(signal: AbortSignal, { clock, endsAtMs, timeoutMs }: Limit): { signal: AbortSignal; off(): void } {
  const controller = new AbortController();
  const follow = (): void => controller.abort(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener("abort", follow, { once: true });
  const late = (): void => controller.abort(failureOf("E_TIMEOUT", { timeoutMs }));
  const calledOff = callAfter(clock, Math.max(0, Math.ceil(endsAtMs - clock.monotonic())), late);
  const off = (): void => {
    calledOff();
    signal.removeEventListener("abort", follow);
  };
  return { signal: controller.signal, off };
}

/** Values are numbered on from those that were sent before. */
function goingOn(sink: AttemptSink, sent: ReadonlyMap<string, number>): AttemptSink {
  const emit: AttemptSink["emit"] = (port, index, value) => sink.emit(port, index + (sent.get(port) ?? 0), value);
  return new Proxy(sink, {
    get(target, name) {
      if (name === "emit") return emit;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
