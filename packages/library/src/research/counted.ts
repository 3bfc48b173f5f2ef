import { NanobrainError } from "@nanobrain/engine";

/** Faults of requests that never left this machine. */
const unsent: readonly string[] = ["E_HTTP_ADDRESS", "E_HTTP_REQUEST", "E_RECORDING"];

/** Asks, and counts the request, whether it is answered or not. */
export async function counted<T>(ask: () => Promise<T>, onRequest: (() => void) | undefined): Promise<T> {
  try {
    const answer = await ask();
    onRequest?.();
    return answer;
  } catch (error) {
    if (!(error instanceof NanobrainError && unsent.includes(error.code))) onRequest?.();
    throw error;
  }
}
