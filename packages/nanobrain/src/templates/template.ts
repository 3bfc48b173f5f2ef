export type Template = {
  readonly summary: string;
  /** By path in the new folder. */
  readonly files: { readonly [path: string]: string };
  /** The document to run, and what follows it on the command line. */
  readonly run: readonly [document: string, ...rest: string[]];
  /** It is a conversation: `nanobrain chat` talks to it. */
  readonly talks?: true;
};
