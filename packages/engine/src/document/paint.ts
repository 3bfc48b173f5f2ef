export type Paint = {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly hint: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly quiet: (text: string) => string;
};

/** Terminal colours, or none. */
export function paints(color: boolean): Paint {
  const start = "\u001b[";
  const style = (on: number, off: number) => (text: string) =>
    color && text !== "" ? `${start}${on}m${text}${start}${off}m` : text;
  return {
    error: style(31, 39),
    warning: style(33, 39),
    hint: style(36, 39),
    strong: style(1, 22),
    quiet: style(2, 22),
  };
}
