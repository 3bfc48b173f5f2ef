import { describe, expect, it } from "vitest";
import { catalogue, diagnosticCodes, runWarningCodes } from "../packages/engine/src/authoring.js";
import { main } from "../packages/nanobrain/src/commands/explain.js";
import type { Channel, Look, Terminal } from "../packages/nanobrain/src/terminal/terminal.js";

const codes: readonly string[] = Object.keys({ ...catalogue, ...diagnosticCodes, ...runWarningCodes });

const asItIs = (text: string): string => text;
const look: Look = {
  width: 80,
  height: 24,
  paint: { bold: asItIs, dim: asItIs, red: asItIs, green: asItIs, yellow: asItIs, cyan: asItIs },
  marks: {
    done: "+",
    failed: "x",
    waiting: ".",
    skipped: "-",
    paused: "=",
    retrying: "~",
    trigger: "!",
    queue: "=",
    full: "#",
    empty: "-",
    running: ["*"],
    ellipsis: "...",
    dot: ".",
    plusMinus: "+-",
    times: "x",
  },
};

/** `nanobrain explain` with these words: its exit code and what it wrote. */
async function explain(...operands: string[]): Promise<{ exitCode: number; out: string; err: string }> {
  const written: { readonly out: string[]; readonly err: string[] } = { out: [], err: [] };
  const channel = (name: "out" | "err"): Channel => ({
    write: (text) => void written[name].push(text),
    line: (text = "") => void written[name].push(`${text}\n`),
    isTerminal: false,
    look,
  });
  const terminal: Terminal = {
    out: channel("out"),
    err: channel("err"),
    isLive: false,
    environment: {},
    folder: "/",
    version: "0",
    now: () => 0,
  };
  const exitCode = await main({ operands, options: {}, terminal });
  return { exitCode, out: written.out.join(""), err: written.err.join("") };
}

describe("explain", () => {
  it.each(codes)("explain %s: says what it means", async (code) => {
    const { exitCode, out, err } = await explain(code.toLowerCase());
    expect([exitCode, err]).toEqual([0, ""]);
    expect(out.startsWith(`${code}  `)).toBe(true);
    expect(out.trim().split("\n").length).toBeGreaterThan(1);
  });

  it("explain without a code: lists all of them", async () => {
    const { out } = await explain();
    expect(codes.filter((code) => !new RegExp(`^${code} `, "m").test(out))).toEqual([]);
  });

  it("explain of something else: exit code 2 and the nearest code", async () => {
    expect(await explain("E_SYNTAXX")).toMatchObject({
      exitCode: 2,
      out: "",
      err: expect.stringContaining("E_SYNTAX?"),
    });
  });
});
