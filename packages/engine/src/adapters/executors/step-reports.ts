import type { StepContext } from "../../contracts/component.js";
import type { AttemptSink } from "../../contracts/executor.js";
import { boundedText } from "../../errors/thrown-text.js";
import type { SecretMask } from "../../values/secret-mask.js";

const maxLogEntries = 10_000;
const maxLogLength = 8_192;
const maxWarnings = 20;
const maxWarningLength = 500;

/** What an attempt says of itself while it runs. */
export type StepReports = Pick<StepContext, "log" | "warn" | "progress">;

export type ReportSurroundings = { readonly sink: AttemptSink; readonly mask: SecretMask | undefined };

export function stepReports({ sink, mask }: ReportSurroundings, isOpen: () => boolean): StepReports {
  const log = attemptLog(sink, mask);
  const warned = new Set<string>();
  return {
    log(level, text) {
      if (isOpen()) log(level, text);
    },
    warn(text) {
      const said = shown(text, mask, maxWarningLength);
      if (!isOpen() || warned.has(said) || warned.size > maxWarnings) return;
      warned.add(said);
      warnBy(sink, warned.size > maxWarnings ? `Further warnings are left out: more than ${maxWarnings}` : said);
    },
    progress(fraction, note = "") {
      if (!isOpen()) return;
      const known = typeof fraction === "number" && Number.isFinite(fraction);
      sink.progress(known ? Math.min(1, Math.max(0, fraction)) : null, shown(note, mask));
    },
  };
}

export function warnBy(sink: AttemptSink, text: string): void {
  if (sink.warn === undefined) sink.log("warn", text);
  else sink.warn(text);
}

/** Takes the log lines of one attempt: bounded in length and number, without secrets. */
export function attemptLog(sink: AttemptSink, mask: SecretMask | undefined): AttemptSink["log"] {
  let entries = 0;
  return (level, text) => {
    entries += 1;
    if (entries <= maxLogEntries) sink.log(level, shown(text, mask));
    else if (entries === maxLogEntries + 1) sink.log("warn", `Further lines are left out: more than ${maxLogEntries}`);
  };
}

function shown(text: unknown, mask: SecretMask | undefined, maxLength = maxLogLength): string {
  const whole = typeof text === "string" ? text : String(text);
  // A secret that is cut is no longer known as one.
  return boundedText(mask === undefined ? whole : mask(whole), maxLength);
}
