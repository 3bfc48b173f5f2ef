import type { StepDefinition, StepPorts } from "../../contracts/component.js";
import type { AttemptSink } from "../../contracts/executor.js";
import type { Json } from "../../contracts/json.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { SecretMask } from "../../values/secret-mask.js";
import { jsonLimits, toJson } from "./to-json.js";

/** Values that were sent and are not on disk yet, or wait behind a full queue; the next emit waits for one of them. */
export const maxUnacknowledged = 64;

export type EmitSurroundings = {
  readonly sink: Pick<AttemptSink, "emit">;
  readonly signal: AbortSignal;
  readonly mask: SecretMask | undefined;
  /** Throws when the attempt has been aborted or has ended. */
  demandOpen(): void;
};

/**
 * What one attempt emits. E1. Values are checked and copied when they are given, and sent in the order of the calls, at most
 * `maxUnacknowledged` at a time. E2. The index of a value counts what its port was given before. E3. After a failed one none
 * is sent, and the attempt fails with it, whether the step looks at it or not. E4. An abort ends each wait with its reason.
 */
export type StepEmits = {
  emit(port: string, value: Json): Promise<void>;
  /** Ports are checked from here on: the definition that runs. */
  declare(definition: StepDefinition, ports: StepPorts): void;
  /** How many values were given, and their bytes. */
  given(): { readonly count: number; readonly bytes: number };
  /** Resolves when everything given is acknowledged; rejects with the first failure. */
  settled(): Promise<void>;
};

type Emission = {
  readonly port: string;
  readonly index: number;
  readonly value: Json;
  resolve(): void;
  reject(error: unknown): void;
};

export function stepEmits(around: EmitSurroundings): StepEmits {
  const given = { count: 0, bytes: 0 };
  const counts = new Map<string, number>();
  const { offer, fail, settled } = emissionLine(around);
  let declared: Declared | undefined;
  const accept = (port: string, value: Json): Promise<void> => {
    around.demandOpen();
    checkPort(port, declared);
    const checked = checkedValue(port, value, around.mask);
    const index = counts.get(port) ?? 0;
    counts.set(port, index + 1);
    given.count += 1;
    given.bytes += checked.bytes;
    return offer(port, index, checked.value);
  };
  return {
    emit(port, value) {
      try {
        return accept(port, value);
      } catch (error) {
        return fail(error);
      }
    },
    declare(definition, ports) {
      declared = { class: definition.class, ports };
    },
    given: () => given,
    settled,
  };
}

type Declared = { readonly class: string; readonly ports: StepPorts };

function checkPort(port: unknown, declared: Declared | undefined): void {
  if (typeof port !== "string" || port === "")
    throw nanobrainError("E_EMIT", { port: String(port), what: "the name of a port is expected" });
  if (port === "error") throw nanobrainError("E_EMIT", { port, what: "it carries failures only" });
  if (declared === undefined || declared.ports.openOutputs || Object.hasOwn(declared.ports.outputs, port)) return;
  const names = Object.keys(declared.ports.outputs);
  const what = `${declared.class} declares ${names.length === 0 ? "no outputs" : names.slice(0, 12).join(", ")}`;
  throw nanobrainError("E_EMIT", { port, what });
}

function checkedValue(port: string, value: Json, mask: EmitSurroundings["mask"]) {
  const checked = toJson(value, mask === undefined ? jsonLimits : { ...jsonLimits, mask });
  if (checked.ok) return checked;
  throw nanobrainError("E_OUTPUT_VALUE", { path: `emit ${port} ${checked.path}`.trimEnd(), what: checked.what });
}

/** What was sent leaves the line so many at a time: moving the rest up for each takes long where many wait. */
const letGo = 1_000;

/** Sends in order, a bounded number at a time. */
function emissionLine({ sink, signal }: EmitSurroundings) {
  const waiting: Emission[] = [];
  const open = new Set<Emission>();
  let next = 0;
  let sent = 0;
  let failed: { readonly error: unknown } | undefined;
  let quiet = (): void => undefined;

  const fail = (error: unknown): Promise<never> => {
    failed ??= { error };
    for (const one of waiting.splice(0).slice(next)) one.reject(failed.error);
    quiet();
    return heeded(Promise.reject<never>(error));
  };
  const send = (): void => {
    while (sent < maxUnacknowledged && failed === undefined && next < waiting.length) {
      const one = waiting[next] as Emission;
      next += 1;
      sent += 1;
      void sink.emit(one.port, one.index, one.value).then(one.resolve, one.reject);
    }
    if (next < letGo && next < waiting.length) return;
    waiting.splice(0, next);
    next = 0;
  };
  const aborted = (): void => {
    for (const one of open) one.reject(signal.reason);
  };
  const ended = (emission: Emission): void => {
    open.delete(emission);
    sent -= 1;
    send();
    if (open.size > 0) return;
    signal.removeEventListener("abort", aborted);
    quiet();
  };
  const offer = (port: string, index: number, value: Json): Promise<void> => {
    if (failed !== undefined) return fail(failed.error);
    if (open.size === 0) signal.addEventListener("abort", aborted);
    const emission = pendingEmission(port, index, value);
    waiting.push(emission);
    open.add(emission);
    send();
    return heeded(emission.answered.then(() => ended(emission), fail));
  };
  const settled = async (): Promise<void> => {
    if (open.size > 0 && failed === undefined)
      await new Promise<void>((resolve) => {
        quiet = resolve;
      });
    if (failed !== undefined) throw failed.error;
  };
  return { offer, fail, settled };
}

function pendingEmission(port: string, index: number, value: Json): Emission & { readonly answered: Promise<void> } {
  let resolve = (): void => undefined;
  let reject = (_error: unknown): void => undefined;
  const answered = new Promise<void>((accept, refuse) => {
    resolve = accept;
    reject = refuse;
  });
  return { port, index, value, resolve, reject, answered };
}

/** Nobody has to look at a failed emit, because the attempt fails with it (E3). */
function heeded<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
