import { nanobrainError } from "@nanobrain/engine";
import { afterEach, describe, expect, it } from "vitest";
import { type FakeModelServer, type FakeReply, startFakeModelServer } from "../../testing/fake-model-server.js";
import { modelBench } from "../../testing/model-surroundings.js";
import type { Model, ModelAnswer, ModelRequest } from "../model.js";
import type { Balance } from "../model-config.js";
import { openModel } from "../open-model.js";
import { balancedModel, type Member } from "./balanced-model.js";
import { type EndpointState, newState } from "./endpoint-state.js";

const hello: ModelRequest = { messages: [{ role: "user", text: "Say hello." }] };

type Behaviour = (call: number) => {
  readonly tookMs?: number;
  readonly fails?: "E_MODEL_DOWN" | "E_MODEL_KEY";
  readonly says?: string;
};

/** A member on a clock of its own that counts its calls. */
function member(
  name: string,
  clock: { ms: number },
  behave: Behaviour = () => ({}),
  more: Partial<Member> = {},
): Member & { readonly calls: () => number } {
  let calls = 0;
  const model: Model = {
    name,
    async answer(_, around): Promise<ModelAnswer> {
      const { tookMs = 10, fails, says } = behave(++calls);
      clock.ms += tookMs;
      if (says !== undefined) around.onText?.(says);
      if (fails !== undefined) throw nanobrainError(fails, { model: name, what: "it is so" });
      return { text: name, toolCalls: [], finish: "stop", usage: { inputTokens: 1, outputTokens: 1 }, model: name };
    },
  };
  return { model, state: newState(), weight: 1, mostAtOnce: Number.POSITIVE_INFINITY, ...more, calls: () => calls };
}

async function sequence(
  members: readonly Member[],
  balance: Balance,
  count: number,
  clock: { ms: number },
): Promise<string> {
  const model = balancedModel(members, balance);
  const names: string[] = [];
  for (let call = 0; call < count; call++)
    names.push((await model.answer(hello, modelBench({ now: () => clock.ms }))).text);
  return names.join("");
}

describe("balance", () => {
  it("round_robin: in turn", async () => {
    const clock = { ms: 0 };
    expect(await sequence([member("a", clock), member("b", clock), member("c", clock)], "round_robin", 7, clock)).toBe(
      "abcabca",
    );
  });

  it("weighted: by weight, evenly mixed", async () => {
    const clock = { ms: 0 };
    const members = [member("a", clock, undefined, { weight: 3 }), member("b", clock, undefined, { weight: 1 })];
    expect(await sequence(members, "weighted", 8, clock)).toBe("aabaaaba");
  });

  it("adaptive: each is measured, then the fast one answers, and the slow one is not forgotten", async () => {
    const clock = { ms: 0 };
    const slow = member("s", clock, () => ({ tookMs: 900 }));
    const fast = member("f", clock, () => ({ tookMs: 100 }));
    const names = await sequence([slow, fast], "adaptive", 100, clock);
    expect(names.slice(0, 3)).toBe("sff");
    expect(slow.calls()).toBeGreaterThan(1);
    expect(slow.calls()).toBeLessThan(10);
  });

  it("adaptive: it follows a change of speed", async () => {
    const clock = { ms: 0 };
    const first = member("a", clock, (call) => ({ tookMs: call > 10 ? 2000 : 100 }));
    const second = member("b", clock, () => ({ tookMs: 300 }));
    const names = await sequence([first, second], "adaptive", 60, clock);
    expect(names.slice(2, 11)).toBe("aaaaaaaaa");
    expect(names.slice(-15)).toMatch(/^b+a?b+$/);
  });

  it("least_loaded: calls under way are counted", async () => {
    const open: (() => void)[] = [];
    const waiting = (name: string): Model => ({
      name,
      answer: () =>
        new Promise((resolve) => {
          open.push(() => {
            resolve({
              text: name,
              toolCalls: [],
              finish: "stop",
              usage: { inputTokens: 0, outputTokens: 0 },
              model: name,
            });
          });
        }),
    });
    const members = ["a", "b"].map((name) => ({ model: waiting(name), state: newState(), weight: 1, mostAtOnce: 2 }));
    const [a, b] = members.map(({ state }) => state) as [EndpointState, EndpointState];
    b.inFlight = 1;
    const model = balancedModel(members, "least_loaded");
    const asked = Array.from({ length: 4 }, () => model.answer(hello, modelBench()));
    await expect.poll(() => open.length).toBe(3);
    expect([a.inFlight, b.inFlight]).toEqual([2, 2]);
    open[0]?.();
    await expect.poll(() => open.length).toBe(4);
    for (const end of open) end();
    const answers = await Promise.all(asked);
    expect(answers.map(({ text }) => text).sort()).toEqual(["a", "a", "a", "b"]);
    expect([a.inFlight, b.inFlight, a.waiting.size, b.waiting.size]).toEqual([0, 1, 0, 0]);
  });

  it("waiting for room ends with the attempt", async () => {
    const ending = new AbortController();
    const clock = { ms: 0 };
    const full = member("a", clock, undefined, { mostAtOnce: 1 });
    full.state.inFlight = 1;
    const asked = balancedModel([full], "round_robin").answer(hello, modelBench({ signal: ending.signal }));
    asked.catch(() => undefined);
    await expect.poll(() => full.state.waiting.size).toBe(1);
    ending.abort(new RangeError("enough"));
    await expect(asked).rejects.toThrow("enough");
    expect(full.state.waiting.size).toBe(0);
    expect(full.calls()).toBe(0);
  });
});

describe("fail-over", () => {
  it("a failure that passes: another one answers, the text begins anew, the failing one rests and is tried later", async () => {
    const clock = { ms: 0 };
    const bad = member("a", clock, (call) => (call === 1 ? { fails: "E_MODEL_DOWN", says: "half of" } : {}));
    const good = member("b", clock, () => ({ says: "whole" }));
    const bench = modelBench({ now: () => clock.ms });
    const model = balancedModel([bad, good], "round_robin");
    expect(await model.answer(hello, bench)).toMatchObject({ text: "b", model: "b" });
    expect(bench.heard()).toBe("half of|whole");
    expect(bench.logs).toEqual(["warn Model a cannot be reached: it is so; another endpoint is asked"]);
    expect(await sequence([bad, good], "round_robin", 3, clock)).toBe("bbb");
    clock.ms += 1000;
    expect(await sequence([bad, good], "round_robin", 2, clock)).toBe("ab");
  });

  it("a clock that was set back: nobody rests for years", async () => {
    const clock = { ms: 1e12 };
    const bad = member("a", clock, (call) => (call === 1 ? { fails: "E_MODEL_DOWN" } : {}));
    const good = member("b", clock);
    expect(await sequence([bad, good], "round_robin", 1, clock)).toBe("b");
    clock.ms = 1e11;
    expect(await sequence([bad, good], "round_robin", 2, clock)).toBe("ab");
  });

  it("a failure that stays: nobody else is asked", async () => {
    const clock = { ms: 0 };
    const bad = member("a", clock, () => ({ fails: "E_MODEL_KEY" }));
    const good = member("b", clock);
    const asked = balancedModel([bad, good], "round_robin").answer(hello, modelBench());
    await expect(asked).rejects.toMatchObject({ code: "E_MODEL_KEY" });
    expect(good.calls()).toBe(0);
  });

  it("all down: each is asked once, and the next call still tries one", async () => {
    const clock = { ms: 0 };
    const members = ["a", "b", "c"].map((name) => member(name, clock, () => ({ fails: "E_MODEL_DOWN" })));
    const model = balancedModel(members, "round_robin");
    const ask = (): Promise<ModelAnswer> => model.answer(hello, modelBench({ now: () => clock.ms }));
    await expect(ask()).rejects.toMatchObject({ code: "E_MODEL_DOWN" });
    expect(members.map((one) => one.calls())).toEqual([1, 1, 1]);
    await expect(ask()).rejects.toMatchObject({ code: "E_MODEL_DOWN" });
    expect(members.reduce((sum, one) => sum + one.calls(), 0)).toBeGreaterThan(3);
  });
});

describe("fail-over between servers", () => {
  const servers: FakeModelServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  const serve = async (...replies: FakeReply[]): Promise<FakeModelServer> => {
    const server = await startFakeModelServer(replies);
    servers.push(server);
    return server;
  };

  const failures: readonly (readonly [string, FakeReply])[] = [
    ["it is down", { status: 503, body: "{}" }],
    ["it takes no more calls", { status: 429, body: "{}", headers: { "retry-after": "60" } }],
    ["it hangs", { hang: "head" }],
    ["its answer breaks off", { text: "a b c", cutAfter: 2 }],
  ];

  it.each(failures)("%s: the other one answers, of another kind, with its own key", async (_, reply) => {
    const first = await serve(reply);
    const second = await serve({ text: "Hello." });
    const model = openModel({
      first_byte_timeout: "300ms",
      endpoints: [
        { model: "compatible/one", base_url: first.baseUrl, api_key: "key-of-the-first" },
        { model: "anthropic/two", base_url: second.baseUrl, api_key: "key-of-the-second" },
      ],
    });
    expect(await model.answer(hello, modelBench())).toMatchObject({ text: "Hello.", model: "anthropic/two" });
    expect(await model.answer(hello, modelBench())).toMatchObject({ model: "anthropic/two" });
    expect([first.calls.length, second.calls.length]).toEqual([1, 2]);
    expect(JSON.stringify(second.calls[0]?.headers)).not.toContain("key-of-the-first");
  });
});
