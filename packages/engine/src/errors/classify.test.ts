import { describe, expect, it } from "vitest";
import type { Failure } from "../contracts/failure.js";
import { classify } from "./classify.js";
import { nanobrainError } from "./nanobrain-error.js";
import { failureError, stepFailure } from "./step-failure.js";

const nodeError = (code: string, message = code): Error =>
  Object.assign(new Error(message), { code, syscall: "connect" });

describe("classify", () => {
  it.each([
    ["ECONNRESET", "network", "E_NETWORK"],
    ["ETIMEDOUT", "network", "E_NETWORK"],
    ["ENOTFOUND", "network", "E_NETWORK"],
    ["EAI_AGAIN", "network", "E_NETWORK"],
    ["UND_ERR_SOCKET", "network", "E_NETWORK"],
    ["ENOSPC", "resource", "E_RESOURCE"],
    ["EMFILE", "resource", "E_RESOURCE"],
    ["ENOMEM", "resource", "E_RESOURCE"],
    ["ERR_WORKER_OUT_OF_MEMORY", "resource", "E_OUT_OF_MEMORY"],
    ["EACCES", "configuration", "E_STEP"],
    ["ENOENT", "step", "E_STEP"],
  ])("classify: Node's %s is %s", (nodeCode, kind, code) => {
    expect(classify(nodeError(nodeCode))).toMatchObject({ kind, code, message: nodeCode, details: { code: nodeCode } });
  });

  it("classify: an error of the catalogue keeps code, kind, traits, hint and details", () => {
    const error = nanobrainError("E_SECRET", { name: "TOKEN" });
    expect(classify(error)).toEqual({
      kind: "configuration",
      code: "E_SECRET",
      message: "Secret TOKEN is not set",
      hint: error.hint,
      details: { name: "TOKEN" },
    });
    const said = stepFailure("Closed", { kind: "network", retryable: false, retryAfterMs: 1500, hint: "Wait." });
    expect(classify(said)).toMatchObject({
      kind: "network",
      code: "E_STEP",
      retryable: false,
      retryAfterMs: 1500,
      hint: "Wait.",
    });
  });

  it("classify: an error of another installation counts by its shape", () => {
    const stranger = Object.assign(new Error("Attempt was cancelled: stop"), {
      name: "NanobrainError",
      code: "E_CANCELLED",
      details: { reason: "stop" },
    });
    expect(classify(stranger)).toMatchObject({ kind: "cancelled", code: "E_CANCELLED", details: { reason: "stop" } });
  });

  it("classify: an abort with a failure as its reason is that failure", () => {
    const reason: Failure = {
      kind: "timeout",
      code: "E_TIMEOUT",
      message: "Attempt ran longer",
      details: { timeoutMs: 5 },
    };
    expect(classify(reason)).toEqual(reason);
    expect(
      classify(Object.assign(new Error("The operation was aborted"), { name: "AbortError", cause: reason })),
    ).toEqual(reason);
    expect(classify(Object.assign(new Error("aborted"), { name: "AbortError" })).kind).toBe("step");
  });

  it("classify: a failure survives being thrown and classified again", () => {
    const failure = classify(
      stepFailure("Outer", { kind: "network", details: { a: 1 }, cause: nodeError("ECONNRESET") }),
    );
    expect(classify(failureError(failure))).toMatchObject({
      ...failure,
      stack: expect.any(String),
      cause: { kind: "network", code: "E_NETWORK" },
    });
  });

  it("classify: a plain error takes kind and pause from the cause that has them", () => {
    expect(classify(new TypeError("fetch failed", { cause: nodeError("ECONNREFUSED") }))).toMatchObject({
      kind: "network",
      code: "E_NETWORK",
      message: "TypeError: fetch failed",
      cause: { kind: "network" },
    });
    expect(
      classify(new Error("Outer", { cause: stepFailure("Busy", { kind: "network", retryAfterMs: 9 }) })),
    ).toMatchObject({ kind: "network", retryAfterMs: 9 });
    expect(classify(new AggregateError([nodeError("ECONNREFUSED")], "all failed")).kind).toBe("network");
  });

  it("classify: a step may say the kind on any error", () => {
    expect(classify(Object.assign(new Error("x"), { kind: "data_validation", retryable: false }))).toMatchObject({
      kind: "data_validation",
      code: "E_STEP",
      retryable: false,
    });
    expect(classify(Object.assign(new Error("x"), { status: 503 })).kind).toBe("network");
    expect(classify(Object.assign(new Error("x"), { status: 404 })).kind).toBe("step");
    expect(classify(new DOMException("too slow", "TimeoutError")).kind).toBe("timeout");
    expect(classify(new RangeError("Array buffer allocation failed"))).toMatchObject({
      kind: "resource",
      code: "E_OUT_OF_MEMORY",
    });
  });

  it.each([
    [undefined, "undefined was thrown"],
    [null, "null was thrown"],
    [42n, "42 was thrown"],
    [Symbol("x"), "Symbol(x) was thrown"],
    ["out of tea", "out of tea"],
    [{ a: 1 }, 'An object was thrown: {"a":1}'],
    [{ message: "looks like one" }, "looks like one"],
  ])("classify: %s thrown is a failed step", (thrown, message) => {
    expect(classify(thrown)).toMatchObject({ kind: "step", code: "E_STEP", message });
  });

  it("classify: hostile objects never make it throw", () => {
    const refuse = (): never => {
      throw new Error("no");
    };
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const traps = new Proxy({}, { get: refuse, has: refuse, getPrototypeOf: refuse, ownKeys: refuse });
    const getters = Object.defineProperties(new Error("x"), {
      code: { get: refuse },
      cause: { get: refuse },
      stack: { get: refuse },
      message: { get: refuse },
    });
    const cyclic: { self?: unknown; cause?: unknown; message: string } = { message: "cyclic" };
    cyclic.self = cyclic;
    cyclic.cause = { message: "inner", cause: cyclic };
    const strange = { name: "NanobrainError", code: "E_STEP", message: { toString: refuse }, details: cyclic };
    for (const thrown of [revoked.proxy, traps, getters, cyclic, strange, Object.create(null), () => 1]) {
      const failure = classify(thrown);
      expect(JSON.parse(JSON.stringify(failure))).toEqual(failure);
      expect(failure.kind).toBe("step");
    }
  });

  it("classify: cause chains, stacks, messages and details are bounded", () => {
    let error = new Error("0");
    for (let i = 1; i < 50; i++) error = new Error(`${i}`, { cause: error });
    let depth = 0;
    for (let failure: Failure | undefined = classify(error); failure !== undefined; failure = failure.cause) depth += 1;
    expect(depth).toBe(9);
    const long = Object.assign(new Error("m".repeat(1e6)), {
      stack: `Error: x\n${"    at f (/x.js:1:1)\n".repeat(1e5)}`,
    });
    expect(JSON.stringify(classify(long)).length).toBeLessThan(12_000);
    expect(JSON.stringify(classify(stepFailure("x", { details: { big: "b".repeat(1e6) } }))).length).toBeLessThan(
      12_000,
    );
    expect(classify("half \ud800 pair").message).toBe("half \ufffd pair");
  });

  it("classify: stacks name the user's lines and not how they were loaded", () => {
    const error = new Error("x");
    error.stack =
      "Error: x\n    at f (file:///p/step.ts?nanobrain=0123abcd:3:5)\n    at node:internal/process/task_queues:95:5";
    expect(classify(error).stack).toBe("    at f (/p/step.ts:3:5)");
  });
});
