import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../contracts/json.js";
import { maxUnacknowledged, stepEmits } from "./step-emits.js";

const never = new AbortController().signal;

/** Emits into a sink that a test answers as it likes. */
function held(signal: AbortSignal = never) {
  const sent: [string, number, Json][] = [];
  const answers: ((error?: Error) => void)[] = [];
  const emit = (port: string, index: number, value: Json): Promise<void> => {
    sent.push([port, index, value]);
    return new Promise((resolve, reject) => {
      answers.push((error) => (error === undefined ? resolve() : reject(error)));
    });
  };
  return { sent, answers, emits: stepEmits({ sink: { emit }, signal, mask: undefined, demandOpen: () => undefined }) };
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

describe("emits of one attempt", () => {
  it("order and bound: whatever order the host answers in, values leave in order, never more than 64 at once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 200 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
        async (ports, picks) => {
          const { sent, answers, emits } = held();
          for (const [value, port] of ports.entries()) void emits.emit(port, value);
          let open = 0;
          for (let turn = 0; turn < ports.length; turn++) {
            open = sent.length - turn;
            expect(open).toBe(Math.min(maxUnacknowledged, ports.length - turn));
            answers.splice((picks[turn % picks.length] ?? 0) % answers.length, 1)[0]?.();
            await turns();
          }
          await emits.settled();
          const counts: { [port: string]: number } = {};
          const expected = ports.map((port, value) => {
            counts[port] = (counts[port] ?? 0) + 1;
            return [port, counts[port] - 1, value];
          });
          expect(sent).toEqual(expected);
          expect(emits.given().count).toBe(ports.length);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("failure: the first one is what the attempt fails with, those that wait are refused with it, none follows", async () => {
    const { sent, answers, emits } = held();
    const all = Array.from({ length: 70 }, (_, n) => emits.emit("a", n));
    answers[3]?.(new Error("disk full"));
    await expect(all[3]).rejects.toThrow("disk full");
    await expect(all[69]).rejects.toThrow("disk full");
    await expect(emits.emit("a", 70)).rejects.toThrow("disk full");
    await expect(emits.settled()).rejects.toThrow("disk full");
    expect(sent.length).toBe(64);
  });

  it("abort: it ends every wait with its reason", async () => {
    const aborter = new AbortController();
    const { emits } = held(aborter.signal);
    const all = Array.from({ length: 70 }, (_, n) => emits.emit("a", n));
    aborter.abort(new Error("late"));
    for (const one of all) await expect(one).rejects.toThrow("late");
    await expect(emits.settled()).rejects.toThrow("late");
  });

  it("bytes: what is given counts, what is refused does not", async () => {
    const { answers, emits } = held();
    void emits.emit("a", [1, "x"]);
    await expect(emits.emit("a", Number.NaN)).rejects.toMatchObject({ code: "E_OUTPUT_VALUE" });
    answers[0]?.();
    expect(emits.given()).toEqual({ count: 1, bytes: '[1,"x"]'.length });
  });
});
