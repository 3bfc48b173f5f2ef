import { extname } from "node:path";
import type { Blobs } from "../../contracts/blobs.js";
import type { StepContext, StepDefinition, StepPorts } from "../../contracts/component.js";
import type { AttemptRequest, AttemptSink } from "../../contracts/executor.js";
import type { FileValue } from "../../contracts/json.js";
import { withSignal } from "../../contracts/lazy-signal.js";
import type { StepCode } from "../../contracts/step-code.js";
import type { StopSign } from "../../contracts/stop-sign.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { boundedText } from "../../errors/thrown-text.js";
import type { SecretMask } from "../../values/secret-mask.js";
import { type AttemptNetwork, attemptNetwork } from "./attempt-network.js";
import { attemptScratch, freshFolderIn } from "./attempt-scratch.js";
import { type OutsideUsage, outsideUsage } from "./outside-usage.js";
import { type StepAsks, stepAsks } from "./step-asks.js";
import { stepCalls } from "./step-calls.js";
import { type StepEffects, stepEffects } from "./step-effects.js";
import { type StepEmits, stepEmits } from "./step-emits.js";
import { type StepReports, stepReports } from "./step-reports.js";
import { stepSpending } from "./step-spending.js";
import { suspend } from "./step-suspension.js";
import type { Measured } from "./usage-meter.js";

export type AttemptSurroundings = {
  readonly request: AttemptRequest;
  readonly sink: AttemptSink;
  readonly stop: StopSign;
  readonly blobs: Blobs;
  readonly mask: SecretMask | undefined;
  readonly code: Pick<StepCode, "http" | "find">;
};

/** A context that can be closed: after that nothing of the attempt reaches the host any more. */
export type ClosableContext = {
  readonly context: StepContext;
  readonly usedScratch: () => boolean;
  /** What the step measured outside this thread; undefined: nothing. */
  readonly usedOutside: () => Measured | undefined;
  /** Ports are checked from here on: the definition that runs. */
  declare(definition: StepDefinition, ports: StepPorts): void;
  /** What the step emitted; undefined: nothing. */
  readonly emits: () => StepEmits | undefined;
  /** The signal of a question that nobody has answered yet, when all that the code does outside is recorded; undefined: none was asked. */
  asked(): Promise<Error> | undefined;
  close(): void;
};

/** What a step's code is given besides inputs and config. */
export function createStepContext(surroundings: AttemptSurroundings): ClosableContext {
  const { request, stop } = surroundings;
  const late = new LateParts(surroundings);
  const own = membersOf(surroundings, late);
  const sized = request.memoryBytes === undefined ? own : { ...own, memoryBytes: request.memoryBytes };
  return {
    context: withSignal(sized, stop),
    usedScratch: () => late.usedScratch,
    usedOutside: () => late.outside?.total(),
    declare: (definition, ports) => late.declare(definition, ports),
    emits: () => late.emits,
    asked: () => late.asked(),
    close: () => late.close(),
  };
}

/** What few steps use, made when it is used first. It lives as long as its attempt. */
class LateParts {
  isOpen = true;
  usedScratch = false;
  emits: StepEmits | undefined;
  outside: OutsideUsage | undefined;
  readonly #around: AttemptSurroundings;
  #declared: readonly [StepDefinition, StepPorts] | undefined;
  #effects: StepEffects | undefined;
  #asks: StepAsks | undefined;
  #reports: StepReports | undefined;
  #network: AttemptNetwork | undefined;

  constructor(around: AttemptSurroundings) {
    this.#around = around;
  }

  readonly demandOpen = (): void => {
    this.demandAlive();
    const pending = this.#asks?.pending();
    if (pending !== undefined) throw pending;
  };

  readonly demandAlive = (): void => {
    if (this.#around.stop.isUp) throw this.#around.stop.reason;
    if (!this.isOpen) throw nanobrainError("E_CANCELLED", { reason: "the attempt has ended" });
  };

  declare(definition: StepDefinition, ports: StepPorts): void {
    this.#declared = [definition, ports];
    this.emits?.declare(definition, ports);
  }

  get emitting(): StepEmits {
    if (this.emits !== undefined) return this.emits;
    const { sink, stop, mask } = this.#around;
    this.emits = stepEmits({ sink, signal: stop.signal, mask, demandOpen: this.demandOpen });
    if (this.#declared !== undefined) this.emits.declare(...this.#declared);
    return this.emits;
  }

  get effects(): StepEffects {
    const { demandOpen, demandAlive } = this;
    this.#effects ??= stepEffects({ ...this.#around, demandOpen, demandAlive });
    return this.#effects;
  }

  get effect(): StepContext["effect"] {
    return this.effects.effect;
  }

  get call(): StepContext["call"] {
    return stepSpending({ ...this.#around, effects: this.effects });
  }

  get ask(): StepContext["ask"] {
    this.#asks ??= stepAsks({ ...this.#around, demandOpen: this.demandOpen });
    return this.#asks.ask;
  }

  get callWorkflow(): StepContext["callWorkflow"] {
    return stepCalls({ ...this.#around, effect: this.effect, ask: this.ask });
  }

  asked(): Promise<Error> | undefined {
    const pending = this.#asks?.pending();
    if (pending === undefined) return undefined;
    return (this.#effects?.settled() ?? Promise.resolve()).then(() => pending);
  }

  get measuring(): OutsideUsage {
    this.outside ??= outsideUsage(() => this.isOpen);
    return this.outside;
  }

  get network(): AttemptNetwork {
    this.#network ??= attemptNetwork({ ...this.#around, demandOpen: this.demandOpen });
    return this.#network;
  }

  close(): void {
    this.isOpen = false;
    this.#network?.close();
  }

  get reports(): StepReports {
    this.#reports ??= stepReports(this.#around, () => this.isOpen);
    return this.#reports;
  }
}

function membersOf({ request, blobs, mask, code }: AttemptSurroundings, late: LateParts): Omit<StepContext, "signal"> {
  return {
    attempt: request.attempt,
    startedAt: request.startedAt ?? Date.now(),
    idempotencyKey: request.idempotencyKey,
    runId: request.runId,
    step: request.step,
    folders: request.folders,
    inputPorts: request.inputPorts,
    outputPorts: request.outputPorts,
    secrets: request.secrets,
    http: { fetch: (request) => late.network.fetch(request), open: (request) => late.network.open(request) },
    effect: (name, fn) => late.effect(name, fn),
    call: (name, wish, fn) => late.call(name, wish, fn),
    emit: (port, value) => late.emitting.emit(port, value),
    emitted: (port) => request.emitted?.[port] ?? 0,
    suspend: (suspension) => suspend(suspension, mask),
    ask: (name, ask) => late.ask(name, ask),
    callWorkflow: (name, document, inputs) => late.callWorkflow(name, document, inputs),
    warn: (text) => late.reports.warn(text),
    log: (level, text) => late.reports.log(level, text),
    progress: (fraction, note) => late.reports.progress(fraction, note),
    measured: (usage) => late.measuring.measured(usage),
    async keep(name, content, mediaType) {
      late.demandOpen();
      return keepFile(blobs, name, content, mediaType);
    },
    read: (file) => blobs.get(file.$file),
    locate: (file) => blobs.path(file.$file),
    async freshFolder() {
      late.demandOpen();
      late.usedScratch = true;
      return freshFolderIn(attemptScratch(request));
    },
    async definitionOf(component) {
      late.demandOpen();
      return code.find(component, request.folders);
    },
  };
}

const mediaTypes: { readonly [extension: string]: string } = {
  ".csv": "text/csv",
  ".html": "text/html",
  ".jpg": "image/jpeg",
  ".json": "application/json",
  ".jsonl": "application/x-ndjson",
  ".md": "text/markdown",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".tsv": "text/tab-separated-values",
  ".txt": "text/plain",
  ".xml": "application/xml",
};

async function keepFile(
  blobs: Blobs,
  name: string,
  content: Uint8Array | string | { readonly path: string },
  mediaType: string | undefined,
): Promise<FileValue> {
  const baseName = boundedText(name.split(/[\\/]/).at(-1) ?? "", 255);
  const named = {
    name: baseName === "" || baseName === "." || baseName === ".." ? "file" : baseName,
    media_type:
      mediaType ??
      mediaTypes[extname(baseName).toLowerCase()] ??
      (typeof content === "string" ? "text/plain" : "application/octet-stream"),
  };
  if (typeof content !== "string" && !(content instanceof Uint8Array)) {
    const { hash, sizeBytes } = await blobs.putFile(content.path);
    return { $file: hash, size_bytes: sizeBytes, ...named };
  }
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return { $file: await blobs.put(bytes), size_bytes: bytes.byteLength, ...named };
}
