import { extname } from "node:path";
import type { Blobs } from "../../contracts/blobs.js";
import type { StepContext } from "../../contracts/component.js";
import type { AttemptRequest, AttemptSink } from "../../contracts/executor.js";
import type { FileValue, Json } from "../../contracts/json.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { boundedText } from "../../errors/thrown-text.js";
import { attemptScratch, freshFolderIn } from "./attempt-scratch.js";
import { type OutsideUsage, outsideUsage } from "./outside-usage.js";
import { type StepEmits, stepEmits } from "./step-emits.js";
import { suspend } from "./step-suspension.js";
import { jsonLimits, toJson } from "./to-json.js";

const maxLogEntries = 10_000;
const maxLogLength = 8_192;

export type AttemptSurroundings = {
  readonly request: AttemptRequest;
  readonly sink: AttemptSink;
  readonly signal: AbortSignal;
  readonly blobs: Blobs;
  readonly mask: ((text: string) => string) | undefined;
};

/** A context that can be closed: after that nothing of the attempt reaches the host any more. */
export type ClosableContext = {
  readonly context: StepContext;
  readonly usedScratch: () => boolean;
  /** What the step measured outside this thread. */
  readonly usedOutside: OutsideUsage["total"];
  readonly emits: StepEmits;
  close(): void;
};

/** What a step's code is given besides inputs and config. */
export function createStepContext(surroundings: AttemptSurroundings): ClosableContext {
  const { request, signal, blobs } = surroundings;
  let open = true;
  let usedScratch = false;
  const demandOpen = (): void => {
    if (signal.aborted) throw signal.reason;
    if (!open) throw nanobrainError("E_CANCELLED", { reason: "the attempt has ended" });
  };
  const isOpen = (): boolean => open;
  const outside = outsideUsage(isOpen);
  const emits = stepEmits({ ...surroundings, demandOpen });
  const context: StepContext = {
    signal,
    attempt: request.attempt,
    startedAt: request.startedAt ?? Date.now(),
    idempotencyKey: request.idempotencyKey,
    runId: request.runId,
    step: request.step,
    folders: request.folders,
    inputPorts: request.inputPorts,
    outputPorts: request.outputPorts,
    secrets: request.secrets,
    ...(request.memoryBytes === undefined ? {} : { memoryBytes: request.memoryBytes }),
    effect: effectMemory(surroundings, demandOpen),
    emit: emits.emit,
    suspend: (suspension) => suspend(suspension, surroundings.mask),
    ...reporting(surroundings, isOpen),
    measured: outside.measured,
    async keep(name, content, mediaType) {
      demandOpen();
      return keepFile(blobs, name, content, mediaType);
    },
    read: (file) => blobs.get(file.$file),
    locate: (file) => blobs.path(file.$file),
    async freshFolder() {
      demandOpen();
      usedScratch = true;
      return freshFolderIn(attemptScratch(request));
    },
  };
  const close = (): void => {
    open = false;
  };
  return { context, usedScratch: () => usedScratch, usedOutside: outside.total, emits, close };
}

/** Results recorded by earlier attempts are given back; a new one is on disk before the step sees it. */
function effectMemory({ request, sink, mask }: AttemptSurroundings, demandOpen: () => void): StepContext["effect"] {
  const named = new Set<string>();
  return async <T extends Json>(name: string, fn: () => T | Promise<T>): Promise<T> => {
    demandOpen();
    if (named.has(name)) throw nanobrainError("E_EFFECT_TWICE", { name });
    named.add(name);
    if (Object.hasOwn(request.effects, name)) return structuredClone(request.effects[name]) as T;
    const result: unknown = await fn();
    const checked = toJson(result ?? null, mask === undefined ? jsonLimits : { ...jsonLimits, mask });
    if (!checked.ok)
      throw nanobrainError("E_OUTPUT_VALUE", { path: `effect ${name} ${checked.path}`.trimEnd(), what: checked.what });
    demandOpen();
    await sink.effect(name, checked.value);
    demandOpen();
    return structuredClone(checked.value) as T;
  };
}

/** Takes the log lines of one attempt: bounded in length and number, without secrets. */
export function attemptLog(sink: AttemptSink, mask: AttemptSurroundings["mask"]): AttemptSink["log"] {
  let entries = 0;
  return (level, text) => {
    entries += 1;
    if (entries <= maxLogEntries) sink.log(level, shown(text, mask));
    else if (entries === maxLogEntries + 1) sink.log("warn", `Further lines are left out: more than ${maxLogEntries}`);
  };
}

function shown(text: unknown, mask: AttemptSurroundings["mask"]): string {
  const plain = boundedText(typeof text === "string" ? text : String(text), maxLogLength);
  return mask === undefined ? plain : mask(plain);
}

function reporting({ sink, mask }: AttemptSurroundings, isOpen: () => boolean): Pick<StepContext, "log" | "progress"> {
  const log = attemptLog(sink, mask);
  return {
    log(level, text) {
      if (isOpen()) log(level, text);
    },
    progress(fraction, note = "") {
      if (!isOpen()) return;
      const known = typeof fraction === "number" && Number.isFinite(fraction);
      sink.progress(known ? Math.min(1, Math.max(0, fraction)) : null, shown(note, mask));
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
