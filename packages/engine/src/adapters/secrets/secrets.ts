import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Secrets } from "../../contracts/secrets.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { dotenvValue } from "./dotenv.js";

export type SecretSources = {
  /** The environment, such as `process.env`. */
  readonly env: { readonly [name: string]: string | undefined };
  /** A folder with one file per secret, named like it; a line break at the end of a file is not part of the secret. */
  readonly folder?: string;
  /** Path of a `.env` file. */
  readonly dotenv?: string;
};

/** No separator, no leading dot: a name never leaves its folder. */
const validName = /^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/;

/**
 * Reads a secret from the environment, else from its file in the folder, else from the `.env` file: each time anew, so a
 * changed secret is used by the next attempt. Empty values count as not set. Fails with E_SECRET where a source exists and cannot be read.
 */
export function createSecrets({ env, folder, dotenv }: SecretSources): Secrets {
  return {
    read: async (name) => {
      if (!validName.test(name)) return undefined;
      return (
        notEmpty(Object.hasOwn(env, name) ? env[name] : undefined) ??
        notEmpty(folder === undefined ? undefined : (await textOf(join(folder, name), name))?.replace(/\r?\n$/, "")) ??
        notEmpty(dotenv === undefined ? undefined : dotenvValue((await textOf(dotenv, name)) ?? "", name))
      );
    },
  };
}

function notEmpty(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

async function textOf(path: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw nanobrainError("E_SECRET", { name }, { cause: error, hint: `Its file ${path} cannot be read (${code}).` });
  }
}
