/** Reads a secret when an attempt starts. Undefined: nobody has it. Values are never logged or journaled. */
export interface Secrets {
  read(name: string): Promise<string | undefined>;
}
