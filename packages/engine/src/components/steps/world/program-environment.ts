/** Taken over from this process's environment, if set; everything else is left out, and with it its secrets. */
const inherited = ["PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SystemRoot"];

const plainSearchPath = "/usr/local/bin:/usr/bin:/bin";

/** What a program finds in its environment: the few inherited variables, a folder for temporary files, and what the step declares. */
export function programEnvironment(
  own: { readonly [name: string]: string | undefined },
  declared: { readonly [name: string]: string },
  temporaryFolder: string,
  idempotencyKey: string,
): { readonly [name: string]: string } {
  const taken = inherited.flatMap((name) => {
    const value = own[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    PATH: plainSearchPath,
    ...Object.fromEntries(taken),
    TMPDIR: temporaryFolder,
    NANOBRAIN_IDEMPOTENCY_KEY: idempotencyKey,
    ...declared,
  };
}

/** The folders in which a step's program is looked for. */
export function searchPathOf(
  own: { readonly [name: string]: string | undefined },
  declared: { readonly [name: string]: string },
): string {
  return declared["PATH"] ?? own["PATH"] ?? plainSearchPath;
}
