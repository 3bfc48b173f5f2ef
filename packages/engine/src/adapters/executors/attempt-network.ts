import { setMaxListeners } from "node:events";
import type { AttemptRequest } from "../../contracts/executor.js";
import type { Http, OpenHttp } from "../../contracts/http.js";
import type { StepCode } from "../../contracts/step-code.js";
import type { StopSign } from "../../contracts/stop-sign.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";

export type NetworkSurroundings = {
  readonly code: Pick<StepCode, "http">;
  readonly request: Pick<AttemptRequest, "secrets">;
  readonly stop: StopSign;
  /** Throws when the attempt has been aborted, has ended, or waits. */
  demandOpen(): void;
};

/** The network of one attempt. What is open when the attempt ends is cut. */
export type AttemptNetwork = Http & { close(): void };

/** Fails where steps are run without a network. */
export function networkOf({ http }: Pick<StepCode, "http">): OpenHttp {
  if (http === undefined) throw nanobrainError("E_INTERNAL", { what: "no network was given to the executor" });
  return http;
}

export function attemptNetwork({ code, request, stop, demandOpen }: NetworkSurroundings): AttemptNetwork {
  const controller = new AbortController();
  // Each call under way listens to it.
  setMaxListeners(0, controller.signal);
  const deaf = stop.whenUp(() => controller.abort(stop.reason));
  const http = networkOf(code)({ signal: controller.signal, secrets: Object.values(request.secrets) });
  return {
    async fetch(asked) {
      demandOpen();
      return http.fetch(asked);
    },
    async open(asked) {
      demandOpen();
      return http.open(asked);
    },
    close() {
      deaf();
      if (!controller.signal.aborted)
        controller.abort(nanobrainError("E_CANCELLED", { reason: "the attempt has ended" }));
    },
  };
}
