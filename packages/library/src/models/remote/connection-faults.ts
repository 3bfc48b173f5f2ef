import { nanobrainError } from "@nanobrain/engine";
import { failureIn } from "../failure-in.js";

/** Whether the head of the answer was there when it went wrong. */
export type Stage = "head" | "body";

/** What a failure of the network means for the call of a model. Others are given back as they are. */
export function connectionFault(model: string, error: unknown, stage: Stage): unknown {
  const cause = failureIn(error);
  switch (cause?.code) {
    case "E_HTTP_TIMEOUT": {
      const { what = "its answer", timeoutMs = 0 } = cause.details;
      return nanobrainError("E_MODEL_TIMEOUT", { model, what, timeoutMs }, { cause });
    }
    case "E_HTTP_NETWORK": {
      const what = String(cause.details["what"] ?? cause.message);
      const hint = stage === "head" ? { hint: "See that its service runs, and that base_url leads to it." } : {};
      const traits = { cause, kind: "network", ...hint } as const;
      return nanobrainError(stage === "head" ? "E_MODEL_DOWN" : "E_MODEL_CUT", { model, what }, traits);
    }
    case "E_HTTP_BODY":
      return nanobrainError("E_MODEL_CUT", { model, what: "it is not compressed as it says" }, { cause });
    case "E_HTTP_LIMIT":
      return nanobrainError(
        "E_MODEL_MALFORMED",
        { model, what: `it has more than ${String(cause.details["limitBytes"])} bytes` },
        { cause, retryable: false, hint: "Raise max_answer, or set max_output_tokens." },
      );
    default:
      return error;
  }
}
