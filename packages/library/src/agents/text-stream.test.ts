import type { Json, JsonObject } from "@nanobrain/engine";
import { describe, expect, it } from "vitest";
import { openTextStream } from "./text-stream.js";

/** A port as the engine has it: of each attempt, emits that an earlier one brought to disk are dropped. */
function port() {
  const onDisk: Json[] = [];
  return {
    onDisk,
    attempt() {
      const before = onDisk.length;
      let index = 0;
      return openTextStream(
        {
          emitted: () => before,
          emit: (_port, value) => {
            if (index++ >= before) onDisk.push(value);
            return Promise.resolve();
          },
        },
        "stream",
      );
    },
  };
}

/** What a reader that knows nothing but texts and restarts has in the end. */
function heard(records: readonly Json[]): string {
  let text = "";
  for (const record of records as readonly JsonObject[]) {
    if (record["restart"] === true) text = "";
    text += String(record["text"] ?? "");
  }
  return text;
}

describe("text stream", () => {
  it("attempts: whatever the first one brought to disk, a reader has the whole text once", async () => {
    for (let cut = 0; cut < 6; cut++) {
      const { onDisk, attempt } = port();
      const first = attempt();
      first.onText(1, "one ");
      await first.finish(1, "one ", false);
      for (let said = 0; said < cut; said++) first.onText(2, "x".repeat(200));
      const second = attempt();
      await second.finish(1, "one ", true);
      second.onText(2, "two");
      await second.finish(2, "two", false);
      await second.done();
      expect([cut, heard(onDisk)]).toEqual([cut, "one two"]);
      expect(onDisk.at(-1)).toEqual({ done: true });
    }
  });

  it("another endpoint: the call begins anew, what was said before it stays", async () => {
    const { onDisk, attempt } = port();
    const stream = attempt();
    stream.onText(1, "one ");
    await stream.finish(1, "one ", false);
    stream.onText(2, "half".repeat(60));
    stream.onRestart();
    stream.onText(2, "two");
    await stream.finish(2, "two", false);
    expect(heard(onDisk)).toBe("one two");
  });
});
