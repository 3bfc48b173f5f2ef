import type { Admission } from "../admit/admission.js";
import type { Secrets } from "../contracts/secrets.js";
import type { ValueParts } from "../values/parts.js";
import type { Commits } from "./commits.js";

/** What the host works with; the composition root supplies it. */
export type HostParts = ValueParts & {
  readonly admission: Admission;
  /** Secrets as seen from a project folder. */
  secrets(project: string): Secrets;
  readonly commits: Commits;
  /** Another run of this host may have what is free now. */
  offer(runId: string): void;
};
