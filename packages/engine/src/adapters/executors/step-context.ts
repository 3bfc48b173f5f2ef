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

export type AttemptSurroundings = {
  readonly request: AttemptRequest;
  readonly sink: AttemptSink;
  readonly stop: StopSign;
  readonly blobs: Blobs;
  readonly mask: SecretMask | undefined;
  readonly code: Pick<StepCode, "http" | "find">;
};

/**
 * What a step's code is given besides inputs and config, most of it made when it is first used: few steps use much. It lives as long
 * as its attempt. Once closed, nothing of the attempt reaches the host any more.
 */
export class AttemptContext {
  isOpen = true;
  usedScratch = false;
  emits: StepEmits | undefined;
  /** What the step measured outside this thread. */
  outside: OutsideUsage | undefined;
  readonly #around: AttemptSurroundings;
  #context: StepContext | undefined;
  #declared: readonly [StepDefinition, StepPorts] | undefined;
  #effects: StepEffects | undefined;
  #asks: StepAsks | undefined;
  #reports: StepReports | undefined;
  #network: AttemptNetwork | undefined;

  constructor(around: AttemptSurroundings) {
    this.#around = around;
  }

  get context(): StepContext {
    if (this.#context !== undefined) return this.#context;
    const { request, stop } = this.#around;
    const own = membersOf(this.#around, this);
    const sized = request.memoryBytes === undefined ? own : { ...own, memoryBytes: request.memoryBytes };
    this.#context = withSignal(sized, stop);
    return this.#context;
  }

  demandOpen(): void {
    this.demandAlive();
    const pending = this.#asks?.pending();
    if (pending !== undefined) throw pending;
  }

  demandAlive(): void {
    if (this.#around.stop.isUp) throw this.#around.stop.reason;
    if (!this.isOpen) throw nanobrainError("E_CANCELLED", { reason: "the attempt has ended" });
  }

  get #surroundings(): AttemptSurroundings & Pick<AttemptContext, "demandOpen" | "demandAlive"> {
    return { ...this.#around, demandOpen: () => this.demandOpen(), demandAlive: () => this.demandAlive() };
  }

  /** Ports are checked from here on: the definition that runs. */
  declare(definition: StepDefinition, ports: StepPorts): void {
    this.#declared = [definition, ports];
    this.emits?.declare(definition, ports);
  }

  get emitting(): StepEmits {
    if (this.emits !== undefined) return this.emits;
    this.emits = stepEmits({ ...this.#surroundings, signal: this.#around.stop.signal });
    if (this.#declared !== undefined) this.emits.declare(...this.#declared);
    return this.emits;
  }

  get effects(): StepEffects {
    this.#effects ??= stepEffects(this.#surroundings);
    return this.#effects;
  }

  get effect(): StepContext["effect"] {
    return this.effects.effect;
  }

  get call(): StepContext["call"] {
    return stepSpending({ ...this.#around, effects: this.effects });
  }

  get ask(): StepContext["ask"] {
    this.#asks ??= stepAsks(this.#surroundings);
    return this.#asks.ask;
  }

  get callWorkflow(): StepContext["callWorkflow"] {
    return stepCalls({ ...this.#around, effect: this.effect, ask: this.ask });
  }

  /** The signal of a question that nobody has answered yet, when all that the code does outside is recorded; undefined: none was asked. */
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
    this.#network ??= attemptNetwork(this.#surroundings);
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

function membersOf(
  { request, blobs, mask, code }: AttemptSurroundings,
  late: AttemptContext,
): Omit<StepContext, "signal"> {
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
