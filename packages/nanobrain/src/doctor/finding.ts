/** One thing that was looked at. */
export type Finding = {
  readonly area: "machine" | "store" | "programs";
  readonly subject: string;
  /** `note`: works, and is worth knowing. */
  readonly level: "good" | "note" | "bad";
  readonly text: string;
};
