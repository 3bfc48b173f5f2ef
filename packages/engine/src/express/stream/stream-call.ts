import type { StepContext } from "../../contracts/component.js";
import { type CallHost, ExpressCall } from "../express-call.js";
import type { StreamFlight } from "./stream-flight.js";

export type StreamHost = CallHost & {
  /** Undefined: it takes the engine. */
  emit(flight: StreamFlight, port: string, value: unknown): Promise<void> | undefined;
};

/** The arguments of one attempt of many of its step. */
export class StreamCall extends ExpressCall {
  readonly #host: StreamHost;
  readonly #flight: StreamFlight;
  readonly #name: string;
  readonly #n: number;
  readonly #startedAt: number;

  constructor(flight: StreamFlight, host: StreamHost, inputs: { readonly [port: string]: unknown }, startedAt: number) {
    const step = flight.node?.step as NonNullable<NonNullable<StreamFlight["node"]>["step"]>;
    super(step, host, inputs);
    this.#host = host;
    this.#flight = flight;
    this.#name = step.name;
    this.#n = flight.n;
    this.#startedAt = startedAt;
  }

  override get startedAt(): number {
    return this.#startedAt;
  }

  override get idempotencyKey(): string {
    return `${this.runId}:${this.#name}:${this.#n}`;
  }

  /** Its flight is another attempt's once this one has ended. */
  override get emit(): StepContext["emit"] {
    const general = super.emit;
    return (port, value) => {
      const sent = this.#flight.call === this ? this.#host.emit(this.#flight, port, value) : undefined;
      return sent ?? general(port, value);
    };
  }
}
