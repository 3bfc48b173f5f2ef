import type { Answered, Json, JsonObject, StepContext, StepDefinition } from "@nanobrain/engine";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ScriptedModel, scriptedModel } from "../models/scripted/scripted-model.js";
import { toolCalls } from "../testing/agent-bench.js";
import { agentStepWith } from "./agent-step.js";

/** What a run has on disk of one step: it outlives attempts. */
type Disk = {
  readonly effects: Map<string, Json>;
  readonly answers: Map<string, Answered>;
  readonly emits: Json[];
  /** Moments just before and just after a record, so far. */
  moments: number;
};

class Killed extends Error {}
class Waits extends Error {
  readonly question: string;
  constructor(question: string) {
    super("waits");
    this.question = question;
  }
}

type Done = { calls: number };

/** A context as the engine's, that dies at some moments: the odd ones are just before a record reaches the disk, the even ones just after. */
function contextOf(disk: Disk, kills: ReadonlySet<number>, done: Done): StepContext {
  let emits = 0;
  const before = disk.emits.length;
  const named = new Set<string>();
  const die = (): void => {
    disk.moments += 1;
    if (kills.has(disk.moments)) throw new Killed();
  };
  const context = {
    signal: new AbortController().signal,
    startedAt: 0,
    attempt: 1,
    idempotencyKey: "key",
    runId: "run",
    step: "think",
    secrets: {},
    inputPorts: [],
    outputPorts: ["stream"],
    async effect(name: string, fn: () => Json | Promise<Json>) {
      if (named.has(name)) throw new TypeError(`effect ${name} twice`);
      named.add(name);
      const known = disk.effects.get(name);
      if (known !== undefined) return structuredClone(known);
      const value = structuredClone(await fn());
      die();
      disk.effects.set(name, value);
      die();
      return structuredClone(value);
    },
    call(name: string, _wish: unknown, fn: (room: object) => Promise<{ readonly value: Json }>) {
      return this.effect(name, async () => (await fn({})).value);
    },
    ask: (name: string, { question }: { readonly question: string }) => {
      const known = disk.answers.get(name);
      if (known === undefined) return Promise.reject(new Waits(name + question.slice(0, 0)));
      return Promise.resolve(known);
    },
    emitted: () => before,
    emit: (_port: string, value: Json) => {
      if (emits++ >= before) disk.emits.push(value);
      return Promise.resolve();
    },
    log: () => undefined,
    warn: () => undefined,
    keep: () => Promise.resolve({ $file: "x", name: "x", size_bytes: 0, media_type: "x" }),
    definitionOf: () => Promise.resolve(counting(done)),
  };
  return context as unknown as StepContext;
}

/** A tool that writes: how often it was done is seen from outside. */
function counting(done: Done): StepDefinition {
  return {
    kind: "step",
    class: "test.CountStep",
    version: "1",
    summary: "Counts",
    config: (zod) => zod.strictObject({}),
    ports: () => ({ inputs: { n: {} }, outputs: { output: {} }, openInputs: false, openOutputs: false }),
    effects: true,
    executor: "local",
    run() {
      done.calls += 1;
      return Promise.resolve({ output: done.calls });
    },
  };
}

const tool = { class: "test.CountStep", version: "1", config: {} };
const collaborative = "nanobrain.library.agents.conversational.EnhancedCollaborativeAgent";
const config: JsonObject = {
  stream: true,
  prompt: "Do it.",
  output_schema: { type: "object", required: ["a"], properties: { a: { type: "integer" } } },
  agent: {
    class: collaborative,
    config: {
      model: "openai/main",
      tools: { write: tool, wipe: { ...tool, side_effect: "danger" } },
      agents: {
        critic: {
          class: "nanobrain.library.agents.SimpleAgent",
          config: { model: "openai/critic", tools: { write: tool } },
        },
      },
      collaboration: { mode: "review", rounds: 1 },
    },
  },
};

/** Models that answer by the conversation alone, whatever process asks; `seen` counts calls by what was asked. */
function models(seen: Map<string, number>): { readonly [name: string]: ScriptedModel } {
  const byTurn = (name: string, answers: Parameters<typeof scriptedModel>[0]) => {
    const played = scriptedModel(
      Array.from({ length: 1_000 }, () => (request) => {
        const key = `${name} ${JSON.stringify(request.messages)}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
        const answer = answers[request.messages.filter((one) => one.role === "assistant").length] ?? "none";
        if (typeof answer === "function") return answer(request);
        return typeof answer === "string" ? { text: answer, chunks: 3 } : answer;
      }),
    );
    return played;
  };
  return {
    "openai/main": byTurn("main", [
      toolCalls(["write", { n: 1 }], ["wipe", { n: 2 }]),
      toolCalls(["ask_critic", { task: "look" }], ["write", { n: 3 }]),
      "no json",
      { json: { a: 1 } },
      { json: { a: 2 } },
    ]),
    "openai/critic": byTurn("critic", [toolCalls(["write", { n: 4 }]), "It is wrong."]),
  };
}

/** Attempts until one ends, killed where the plan says; people say yes. */
async function lived(kills: ReadonlySet<number>) {
  const disk: Disk = { effects: new Map(), answers: new Map(), emits: [], moments: 0 };
  const seen = new Map<string, number>();
  const played = models(seen);
  const step = agentStepWith(({ model = "" }) => played[model] ?? scriptedModel([]));
  const done: Done = { calls: 0 };
  for (let attempt = 0; attempt < 200; attempt++) {
    const context = contextOf(disk, kills, done);
    try {
      const outputs = await step.run({ inputs: {}, config, context });
      return { outputs, disk, seen, done };
    } catch (error) {
      if (error instanceof Waits) disk.answers.set(error.question, { decision: "yes", by: "ann", at: "" });
      else if (!(error instanceof Killed)) throw error;
    }
  }
  throw new TypeError("it never ended");
}

describe("agent crash", () => {
  it("killed after each record: every call of a model and tool is made once, and the end is the same", async () => {
    const whole = await lived(new Set());
    expect([...whole.seen.values()].every((count) => count === 1)).toBe(true);
    expect(whole.done.calls).toBe(5);
    for (let at = 1; at <= 2 * whole.disk.effects.size; at++) {
      const killed = await lived(new Set([at]));
      expect([at, killed.outputs["a"]]).toEqual([at, 2]);
      // Killed before its result was on disk, one call alone is made again.
      const lost = at % 2 === 1 ? 1 : 0;
      const again = [...killed.seen.values()].reduce((sum, count) => sum + count - 1, 0) + (killed.done.calls - 5);
      expect([at, again]).toEqual([at, lost]);
    }
  });

  it("killed again and again after records: nothing is paid twice, usage counts all calls, text is heard once", async () => {
    const kills = fc.array(
      fc.integer({ min: 1, max: 14 }).map((at) => 2 * at),
      { maxLength: 12 },
    );
    const whole = await lived(new Set());
    await fc.assert(
      fc.asyncProperty(kills, async (plan) => {
        const { outputs, seen, done, disk } = await lived(new Set(plan));
        const { seconds: _, ...usage } = outputs["usage"] as JsonObject;
        const { seconds: __, ...expected } = whole.outputs["usage"] as JsonObject;
        expect(Math.max(...seen.values())).toBe(1);
        expect([done.calls, usage, heard(disk.emits)]).toEqual([5, expected, heard(whole.disk.emits)]);
      }),
      { numRuns: 60 },
    );
  });
});

function heard(records: readonly Json[]): string {
  let text = "";
  for (const record of records as readonly JsonObject[]) {
    if (record["restart"] === true) text = "";
    text += String(record["text"] ?? "");
  }
  return text;
}
