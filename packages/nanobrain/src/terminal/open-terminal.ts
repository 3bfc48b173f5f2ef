import type { WriteStream } from "node:tty";
import { makeLook } from "./look.js";
import type { Channel, Look, Terminal } from "./terminal.js";

type Environment = { readonly [name: string]: string | undefined };

/** What of a process the command line uses. */
export type Surroundings = {
  readonly stdout: WriteStream;
  readonly stderr: WriteStream;
  readonly env: Environment;
  readonly platform: string;
  cwd(): string;
};

/** Looks at the streams once: whether they are terminals, how wide, and whether colours are wanted. */
export function openTerminal(surroundings: Surroundings, args: readonly string[], version: () => string): Terminal {
  const { stdout, stderr, env } = surroundings;
  const wantsNone = args.includes("--no-color") || (env["NO_COLOR"] ?? "") !== "";
  const plain = isSet(env["CI"]) || env["TERM"] === "dumb";
  const out = openChannel(stdout, env, wantsNone || plain);
  const err = openChannel(stderr, env, wantsNone || plain);
  return {
    out,
    err,
    isLive: err.isTerminal && !plain,
    environment: env,
    folder: surroundings.cwd(),
    get version() {
      return version();
    },
    now: () => Date.now(),
  };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}

function openChannel(stream: WriteStream, env: Environment, plain: boolean): Channel {
  let broken = false;
  // A reader that is gone must not end a run: `nanobrain run x.yml | head -1`.
  stream.on("error", () => {
    broken = true;
  });
  const plainSigns = !isUnicode(env);
  const write = (text: string): void => {
    if (!broken) stream.write(plainSigns ? inLetters(text) : text);
  };
  const isTerminal = stream.isTTY === true;
  return {
    write,
    line: (text = "") => write(`${text}\n`),
    isTerminal,
    get look() {
      return lookOf(stream, env, isTerminal && !plain);
    },
  };
}

/** Made anew at each use, as a window may change its size. */
function lookOf(stream: WriteStream, env: Environment, color: boolean): Look {
  const columns = stream.columns || Number.parseInt(env["COLUMNS"] ?? "", 10) || 80;
  const forced = isSet(env["FORCE_COLOR"]) && (env["NO_COLOR"] ?? "") === "";
  return makeLook({
    width: columns,
    height: stream.rows || 24,
    color: color || forced ? "on" : "off",
    marks: isUnicode(env) ? "unicode" : "ascii",
  });
}

/** The plain text console of Linux and terminals in another encoding show boxes instead of signs. */
function isUnicode(env: Environment): boolean {
  if (env["TERM"] === "linux") return false;
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return locale === "" || locale === "C" || locale === "POSIX" || /utf-?8/i.test(locale);
}

/** Signs in texts of the engine, one column each as they were. */
const letters: { readonly [sign: string]: string } = { "→": ">", "·": "-", "…": "~", "×": "x", "±": "~" };

function inLetters(text: string): string {
  return text.replace(/[→·…×±]/g, (sign) => letters[sign] ?? sign);
}

/** Resolves when both streams have handed over what was written, or their reader is gone. */
export async function flush(surroundings: Pick<Surroundings, "stdout" | "stderr">): Promise<void> {
  await Promise.all(
    [surroundings.stdout, surroundings.stderr].map(
      (stream) =>
        new Promise<void>((resolve) => {
          if (stream.destroyed || stream.writableLength === 0) {
            resolve();
            return;
          }
          stream.once("error", () => resolve());
          stream.write("", () => resolve());
        }),
    ),
  );
}
