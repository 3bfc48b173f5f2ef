import { type Call, flag } from "../call.js";
import { examineMachine } from "../doctor/examine-machine.js";
import { examineStore } from "../doctor/examine-store.js";
import type { Finding } from "../doctor/finding.js";
import { storePlace } from "../store-place.js";
import { findingLines } from "../views/finding-lines.js";

/** Looks at the machine and the store. Exit code 4 when the store is damaged, 1 when something else will not work. */
export async function main(call: Call): Promise<number> {
  const { out, environment, folder } = call.terminal;
  const findings: Finding[] = [
    ...(await examineMachine(environment, folder)),
    ...(await examineStore(storePlace(call))),
  ];
  if (flag(call, "json")) out.line(JSON.stringify({ ok: findings.every((one) => one.level !== "bad"), findings }));
  else for (const line of findingLines(findings, out.look)) out.line(line);
  if (findings.some((one) => one.level === "bad" && one.area === "store")) return 4;
  return findings.some((one) => one.level === "bad") ? 1 : 0;
}
