import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { defineStep } from "@nanobrain/engine";
import { z } from "zod";
import { across, spellingsOf } from "./spellings.mjs";

const texts = z.record(z.string(), z.string());

function tellings(secrets: Record<string, string>): string[] {
  return Object.values(secrets).flatMap((value) => Object.values(spellingsOf(value) as Record<string, string>));
}

/** Throws what is no error. */
function hurl(value: unknown): never {
  throw value;
}

/** A step that tells its secrets in one way. */
export const Leak = defineStep({
  class: "Leak",
  version: "1",
  inputs: { in: z.unknown().optional() },
  outputs: { out: z.unknown().optional() },
  config: z.object({ way: z.string(), secrets: texts }),
  async run({ config, emit, effect, log, progress, suspend, attempt, folders, step: stepName }) {
    const { secrets, way } = config;
    const told = tellings(secrets);
    const long = secrets["LONG"] ?? "";
    const everything = told.join("\n");
    switch (way) {
      case "out":
        return { out: Object.fromEntries(told.map((text) => [text, [text, { n: Number(secrets["DIGITS"]) }]])) };
      case "log":
        for (const text of told) log("info", text);
        for (const value of Object.values(secrets)) log("debug", across(value, 8192));
        return { out: 1 };
      case "print":
        for (const text of told) process.stdout.write(`${text}\n`);
        for (const text of told) process.stderr.write(`${text}\n`);
        process.stdout.write(across(long, 8192));
        return { out: 1 };
      case "progress":
        for (const [n, text] of told.entries()) progress(n / told.length, text);
        return { out: 1 };
      case "effect":
        return { out: await effect("tell", () => everything) };
      case "emit":
        for (const value of Object.values(secrets)) await emit("out", spellingsOf(value));
        return {};
      case "throw":
        throw new Error(across(long, 4000) + everything);
      case "retry":
        if (attempt < 3) throw Object.assign(new TypeError(everything), { code: "ECONNRESET", hostname: long });
        return { out: 1 };
      case "cause":
        throw new Error("outer", { cause: new AggregateError([new Error(everything)], secrets["QUOTES"]) });
      case "details":
        throw Object.assign(new Error("detailed"), {
          name: "NanobrainError",
          code: "E_STEP",
          hint: everything,
          details: JSON.parse(
            `{"__proto__":${JSON.stringify(everything)},"lone":"\\ud800","d":${JSON.stringify(told)}}`,
          ),
        });
      case "object":
        return hurl({ told, name: everything });
      case "stack": {
        const error = new Error("stacked");
        error.stack = `Error: x\n    at ${everything.replaceAll("\n", "\n    at ")}`;
        throw error;
      }
      case "uncaught":
        setTimeout(() => {
          throw new Error(everything);
        }, 5);
        return delay(60_000).then(() => ({ out: 1 }));
      case "rejected":
        void Promise.reject(new Error(everything));
        return delay(60_000).then(() => ({ out: 1 }));
      case "exit":
        process.stderr.write(everything);
        process.exit(7);
        break;
      case "port":
        return { [secrets["PLAIN"] ?? ""]: 1 } as never;
      case "ask":
        return suspend({ ask: { question: everything, choices: [secrets["PLAIN"] ?? "", "no"] } }) as never;
      case "refused":
        return { out: { [everything]: () => 1 } };
      case "hang":
        log("info", everything);
        progress(0.5, everything);
        await effect("before", () => everything);
        process.stdout.write(`${everything}\n`);
        await writeFile(join(folders.project, `hangs-${stepName}`), "");
        while (!existsSync(join(folders.project, "go"))) await delay(50);
        return { out: everything };
    }
    throw new Error(`no way ${way}`);
  },
});

export function fail(value: unknown): never {
  throw new TypeError(`cannot use ${JSON.stringify(value)}`);
}
