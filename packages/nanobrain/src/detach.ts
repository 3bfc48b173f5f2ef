import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { nanobrainError } from "@nanobrain/engine";
import { type Call, operand } from "./call.js";
import { storePlace, storeSuffix } from "./store-place.js";

type Started = { readonly id: string; readonly name: string };

/**
 * Starts the same command line again as a process of its own and waits until its run is in the journal. What that
 * process writes goes to a file in the store. Prints the run's name.
 */
export async function detach(call: Call): Promise<number> {
  const store = storePlace(call, operand(call, 0));
  const script = process.argv[1];
  if (store === undefined || script === undefined)
    throw nanobrainError("E_USAGE", { problem: "Cannot detach: there is no store" });
  const folder = join(store, "detached");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const log = join(folder, `${call.terminal.now()}-${process.pid}.log`);
  const file = openSync(log, "ax", 0o600);
  const child = spawn(process.execPath, [script, ...process.argv.slice(2)], {
    detached: true,
    stdio: ["ignore", file, file, "ipc"],
    env: { ...process.env, CI: "1" },
  });
  closeSync(file);
  const started = await new Promise<Started | number>((resolve, reject) => {
    child.once("message", (message) => resolve(message as Started));
    child.once("exit", (code) => resolve(code ?? 1));
    child.once("error", reject);
  });
  if (typeof started === "number") {
    call.terminal.err.write(readFileSync(log, "utf8"));
    return started;
  }
  if (child.connected) child.disconnect();
  child.unref();
  call.terminal.out.line(started.name);
  call.terminal.err.line(
    `goes on in the background, writing to ${log}. Look: nanobrain show ${started.name}${storeSuffix(call, store)}`,
  );
  return 0;
}
