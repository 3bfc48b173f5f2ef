import type { Failure } from "../../contracts/failure.js";
import type { LaneClaims } from "./lane-claims.js";
import type { FromLane, ToLane } from "./lane-messages.js";

/** What the program of a lane runs on: a thread or a process. What happens to it is told through `CarrierEvents`. */
export type Carrier = {
  /** Where memory can be shared: several attempts may be posted at once. */
  readonly claims?: LaneClaims;
  post(message: ToLane): void;
  /** An attempt starts: until the answer is called the carrier keeps this process alive, and its memory is looked at. */
  occupy(): () => void;
  /** Ends it, whatever it does. Resolves when nothing of it runs any more, or it cannot be stopped. */
  end(): Promise<void>;
};

export type CarrierEvents = {
  received(message: FromLane): void;
  /** A line that did not come through the program, such as one of a process that the step's code started. */
  printed(level: "info" | "warn", line: string): void;
  /** It has ended, or was ended because it may not go on. */
  died(cause: Failure): void;
};

export type OpenCarrier = (memoryBytes: number | undefined, events: CarrierEvents) => Carrier;

const mebibyte = 1024 * 1024;

/** Heap limit of a lane whose attempts declare that much; it needs some before any of their code runs. */
export function heapLimitMb(memoryBytes: number): number {
  return Math.max(32, Math.ceil(memoryBytes / mebibyte));
}

/** The failure of an attempt whose lane held more than it may. */
export function memoryText(heldBytes: number, limitBytes: number): string {
  return `${Math.ceil(heldBytes / mebibyte)} MiB are held, ${Math.floor(limitBytes / mebibyte)} MiB allowed`;
}
