/** Where something stands. Lines and columns are 1-based; columns count UTF-16 units. `file` is relative to the project folder. */
export type Place = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Column after the last character on the same line, when known. */
  readonly endColumn?: number;
};

/** One fault or warning of a document. Codes are listed in `errors/catalogue`. */
export type Diagnostic = Place & {
  readonly code: string;
  readonly severity: "error" | "warning";
  /** What is wrong: sentence case, what is and what should be. */
  readonly message: string;
  /** One sentence or fragment that says how to mend it, such as `did you mean "read"?`. */
  readonly hint?: string;
  /** Path in the document, such as `steps.read.class`. */
  readonly path: string;
  /** Files that led here, outermost first (`extends`, includes, nested workflows). */
  readonly chain?: readonly Place[];
  /** The source lines around the place, secrets masked, for the code frame. */
  readonly frame?: readonly FrameLine[];
};

/** A source line. `fromColumn`: column of the first character of `text`, when a long line is shown in part; else 1. */
export type FrameLine = { readonly line: number; readonly text: string; readonly fromColumn?: number };
