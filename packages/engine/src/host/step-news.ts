import type { LogEntry } from "../contracts/store.js";

/** What a running step says of itself. It is no event: who comes later does not hear it. `step`: its path. */
export type StepNews =
  | { readonly kind: "progress"; readonly step: string; readonly fraction: number | null; readonly note: string }
  | { readonly kind: "log"; readonly step: string; readonly level: LogEntry["level"]; readonly text: string };

export interface StepNewsDesk {
  tell(news: StepNews): void;
  hear(listener: (news: StepNews) => void): () => void;
}

/** Costs nothing where nobody listens. A listener that throws is left out from then on, and keeps nothing from the others. */
export function createStepNewsDesk(): StepNewsDesk {
  const listeners = new Set<(news: StepNews) => void>();
  return {
    tell(news) {
      for (const listener of [...listeners]) {
        try {
          listener(news);
        } catch {
          listeners.delete(listener);
        }
      }
    },
    hear(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
