import { describe, expect, it } from "vitest";
import { classify } from "../../../errors/classify.js";
import { nanobrainError } from "../../../errors/nanobrain-error.js";
import { type Death, deathOf } from "./death.js";

const quiet: Death = { exitCode: null, signal: null, fatal: undefined, lastErrors: "", memoryBytes: undefined };
const mebibytes = 64 * 1024 * 1024;
const v8 = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n";

describe("death of a process", () => {
  it.each<[string, Partial<Death>, string, string]>([
    ["an exit", { exitCode: 3 }, "E_LANE_DIED", "process.exit(3) was called"],
    ["a signal", { signal: "SIGSEGV" }, "E_LANE_DIED", "signal SIGSEGV ended it"],
    ["its heap", { signal: "SIGABRT", lastErrors: v8, memoryBytes: mebibytes }, "E_OUT_OF_MEMORY", "limit of 64 MiB"],
    [
      "its heap without a limit of ours",
      { exitCode: 134, lastErrors: v8 },
      "E_OUT_OF_MEMORY",
      "heap limit of its process",
    ],
    ["an error", { exitCode: 70, fatal: classify(new RangeError("odd")) }, "E_LANE_DIED", "uncaught RangeError: odd"],
    [
      "its memory",
      {
        signal: "SIGKILL",
        fatal: classify(nanobrainError("E_OUT_OF_MEMORY", { what: "9 MiB are held, 8 MiB allowed" })),
      },
      "E_OUT_OF_MEMORY",
      "9 MiB are held, 8 MiB allowed",
    ],
  ])("death: %s is told", (_why, death, code, message) => {
    expect(deathOf({ ...quiet, ...death })).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it("death: SIGKILL comes with what it may mean, an uncaught error with itself as the cause", () => {
    expect(deathOf({ ...quiet, signal: "SIGKILL" }).hint).toMatch(/memory/);
    expect(deathOf({ ...quiet, fatal: classify(new TypeError("odd")) }).cause).toMatchObject({
      message: "TypeError: odd",
    });
  });
});
