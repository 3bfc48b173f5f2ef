import { PassThrough } from "node:stream";
import type { WriteStream } from "node:tty";
import { describe, expect, it } from "vitest";
import { openTerminal } from "./open-terminal.js";

function stream(isTTY: boolean, columns?: number): WriteStream {
  return Object.assign(new PassThrough(), { isTTY, columns, rows: 30 }) as unknown as WriteStream;
}

function open(
  env: { readonly [name: string]: string },
  options: { readonly tty?: boolean; readonly columns?: number; readonly args?: readonly string[] } = {},
) {
  const isTTY = options.tty ?? true;
  const surroundings = {
    stdout: stream(isTTY, options.columns),
    stderr: stream(isTTY, options.columns),
    env,
    platform: "linux",
    cwd: () => "/here",
  };
  return { terminal: openTerminal(surroundings, options.args ?? [], () => "1.2.3"), ...surroundings };
}

const colored = (terminal: ReturnType<typeof openTerminal>): boolean => terminal.out.look.paint.red("x") !== "x";

describe("terminal", () => {
  it("live and coloured: only on a terminal, not under NO_COLOR, CI or TERM=dumb", () => {
    const facts = (env: { readonly [name: string]: string }, tty = true, args: readonly string[] = []) => {
      const { terminal } = open(env, { tty, args });
      return [terminal.isLive, colored(terminal)];
    };
    expect(facts({})).toEqual([true, true]);
    expect(facts({}, false)).toEqual([false, false]);
    expect(facts({ NO_COLOR: "1" })).toEqual([true, false]);
    expect(facts({ NO_COLOR: "" })).toEqual([true, true]);
    expect(facts({}, true, ["run", "--no-color"])).toEqual([true, false]);
    expect(facts({ CI: "true" })).toEqual([false, false]);
    expect(facts({ CI: "false" })).toEqual([true, true]);
    expect(facts({ TERM: "dumb" })).toEqual([false, false]);
    expect(facts({ FORCE_COLOR: "1" }, false)).toEqual([false, true]);
    expect(facts({ FORCE_COLOR: "1", NO_COLOR: "1" }, false)).toEqual([false, false]);
  });

  it("width: that of the stream, else COLUMNS, within 40 to 200", () => {
    expect(open({}, { columns: 120 }).terminal.out.look.width).toBe(120);
    expect(open({ COLUMNS: "100" }).terminal.out.look.width).toBe(100);
    expect(open({}, { columns: 12 }).terminal.out.look.width).toBe(40);
    expect(open({}, { columns: 900 }).terminal.out.look.width).toBe(200);
    expect(open({}).terminal.out.look.width).toBe(80);
  });

  it("marks: letters where the terminal or its encoding has no signs", () => {
    const mark = (env: { readonly [name: string]: string }) => open(env).terminal.err.look.marks.done;
    expect([{}, { LANG: "de_AT.UTF-8" }, { LC_ALL: "C" }].map(mark)).toEqual(["✔", "✔", "✔"]);
    expect([{ LANG: "de_AT.ISO-8859-1" }, { TERM: "linux" }].map(mark)).toEqual(["+", "+"]);
  });

  it("letters: signs in texts become letters too", () => {
    const { terminal, stdout } = open({ LANG: "C.ISO-8859-1" });
    terminal.out.line("quality → true · 5 × 3");
    expect(String((stdout as unknown as PassThrough).read())).toBe("quality > true - 5 x 3\n");
  });

  it("reader that is gone: writing goes on without an error", () => {
    const { terminal, stdout } = open({});
    stdout.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    terminal.out.line("nobody reads this");
    expect((stdout as unknown as PassThrough).read()).toBeNull();
  });
});
