/** Colours a text; the identity where colours are off. */
export type Paint = {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
};

export type Marks = {
  readonly done: string;
  readonly failed: string;
  readonly waiting: string;
  readonly skipped: string;
  readonly paused: string;
  readonly retrying: string;
  readonly trigger: string;
  readonly queue: string;
  /** Parts of a bar. */
  readonly full: string;
  readonly empty: string;
  /** Frames of what is running. */
  readonly running: readonly string[];
  readonly ellipsis: string;
  readonly dot: string;
  readonly plusMinus: string;
  readonly times: string;
};

/** How to draw on a stream. */
export type Look = {
  /** Columns, 40 to 200. */
  readonly width: number;
  readonly height: number;
  readonly paint: Paint;
  readonly marks: Marks;
};

export type Channel = {
  write(text: string): void;
  line(text?: string): void;
  readonly isTerminal: boolean;
  readonly look: Look;
};

/** Where a command reads its surroundings from and writes to. Results go to `out`, all else to `err`. */
export type Terminal = {
  readonly out: Channel;
  readonly err: Channel;
  /** True: a view may be redrawn on `err`. */
  readonly isLive: boolean;
  readonly environment: { readonly [name: string]: string | undefined };
  readonly folder: string;
  readonly version: string;
  now(): number;
};
