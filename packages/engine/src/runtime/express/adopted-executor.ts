import { createLocalExecutor } from "../../adapters/executors/local/local-executor.js";
import type { Blobs } from "../../contracts/blobs.js";
import type { StepDefinition } from "../../contracts/component.js";
import type { DirectStep } from "../../contracts/direct-step.js";
import type { Executor } from "../../contracts/executor.js";
import type { OpenHttp } from "../../contracts/http.js";
import type { ExpressCall } from "../../express/express-call.js";

/** An attempt whose code runs already. */
export type Begun = {
  /** Absent: the code was given nothing that asks the engine for anything. */
  readonly call: ExpressCall | undefined;
  readonly ending: Promise<unknown>;
  readonly definition: StepDefinition;
  readonly direct: DirectStep;
};

type AdoptedSurroundings = { readonly blobs: Blobs; readonly http: OpenHttp; readonly graceMs: number };

/** Ends one attempt that began before: all that surrounds an attempt happens, but its code is not called a second time. */
export function adoptedExecutor(begun: Begun, around: AdoptedSurroundings): Executor {
  const { call, ending, direct } = begun;
  const { blobs, http, graceMs } = around;
  const definition: StepDefinition = {
    ...begun.definition,
    run: (given) =>
      direct.around(given, async (context) => {
        call?.bind(context);
        try {
          return await ending;
        } catch (error) {
          call?.endAsWaiting(error, context);
          throw error;
        }
      }),
  };
  const local = createLocalExecutor({ code: { find: () => Promise.resolve(definition), http }, blobs, graceMs });
  return {
    name: local.name,
    lanes: 1,
    close: local.close,
    async execute(request, sink, signal) {
      call?.follow(signal);
      try {
        return await local.execute(request, sink, signal);
      } finally {
        call?.close();
      }
    },
  };
}
