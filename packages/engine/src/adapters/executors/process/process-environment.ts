import { markVariable } from "../../../processes/process-tree.js";

/** Taken over from this process's environment, if set; everything else is left out, and with it its secrets. */
const inherited = [
  ...["PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP"],
  // The model of agents that name none: no secret.
  "NANOBRAIN_MODEL",
  ...["SystemRoot", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR"],
];

/** The environment of a process that runs attempts. What it starts itself is found by the mark. */
export function processEnvironment(
  own: { readonly [name: string]: string | undefined },
  mark: string,
): { readonly [name: string]: string } {
  const taken = inherited.flatMap((name) => {
    const value = own[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(taken), [markVariable]: mark };
}
