import { type Json, nanobrainError, type StepContext } from "@nanobrain/engine";

type Suspension = Parameters<StepContext["suspend"]>[0];

/** A step that waits for a person, as a tool: its question is asked in its place. */
export class WaitingTool extends Error {
  readonly ask: NonNullable<Suspension["ask"]>;

  constructor(ask: NonNullable<Suspension["ask"]>) {
    super("The tool waits for a person");
    this.ask = ask;
  }
}

const waiting = new WeakSet<object>();

/** Whether an error is the signal of a question: it is no failure of the tool, and ends the attempt. */
export const isQuestion = (error: unknown): boolean =>
  typeof error === "object" && error !== null && waiting.has(error);

/** Questions of tools come and go through here, so that their signal is known when it passes by. */
async function asked(context: StepContext, ...given: Parameters<StepContext["ask"]>): ReturnType<StepContext["ask"]> {
  try {
    return await context.ask(...given);
  } catch (error) {
    if (typeof error === "object" && error !== null) waiting.add(error);
    throw error;
  }
}

export type ToolSurroundings = {
  readonly context: StepContext;
  readonly name: string;
  readonly signal: AbortSignal;
  readonly config: Json;
  readonly inputPorts: readonly string[];
  readonly outputPorts: readonly string[];
  /** Gets what the step sends while it runs. */
  onEmit(port: string, value: Json): void;
};

/** What a step sees that runs as a tool: names of its own, and no secrets but those of its config. */
export function toolContext(around: ToolSurroundings): StepContext {
  const { context, name, signal, config, inputPorts, outputPorts, onEmit } = around;
  const within = (inner: string): string => `${name}/${inner}`;
  return {
    ...membersOf(context),
    signal,
    inputPorts,
    outputPorts,
    idempotencyKey: `${context.idempotencyKey}:${name}`,
    secrets: secretsOf(context, config),
    effect: (inner, fn) => context.effect(within(inner), fn),
    call: (inner, wish, fn) => context.call(within(inner), wish, fn),
    ask: (inner, ask) => asked(context, within(inner), ask),
    callWorkflow: (inner, document, inputs) => context.callWorkflow(within(inner), document, inputs),
    emit: (port, value) => Promise.resolve(onEmit(port, value)),
    emitted: () => 0,
    progress: () => undefined,
    suspend(suspension) {
      if (suspension.ask !== undefined) throw new WaitingTool(suspension.ask);
      throw nanobrainError("E_AGENT_TOOL", { tool: name, what: "a step that waits for a moment cannot be a tool" });
    },
  };
}

function membersOf(context: StepContext) {
  const { attempt, startedAt, runId, step, folders, memoryBytes, http } = context;
  return {
    ...{ attempt, startedAt, runId, step, folders, http },
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    log: (...given: Parameters<StepContext["log"]>) => context.log(...given),
    warn: (text: string) => context.warn(text),
    measured: (usage: Parameters<StepContext["measured"]>[0]) => context.measured(usage),
    keep: (...given: Parameters<StepContext["keep"]>) => context.keep(...given),
    read: (file: Parameters<StepContext["read"]>[0]) => context.read(file),
    locate: (file: Parameters<StepContext["locate"]>[0]) => context.locate(file),
    freshFolder: () => context.freshFolder(),
    definitionOf: (component: Parameters<StepContext["definitionOf"]>[0]) => context.definitionOf(component),
  };
}

/** Those whose values stand in the config: the document gave them to it. */
export function secretsOf({ secrets }: StepContext, config: Json): StepContext["secrets"] {
  const written = JSON.stringify(config);
  return Object.fromEntries(
    Object.entries(secrets).filter(([, value]) => value !== "" && written.includes(JSON.stringify(value).slice(1, -1))),
  );
}
