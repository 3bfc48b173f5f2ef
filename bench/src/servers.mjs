// Starts and stops the servers of servers.sh; their addresses stand in the environment while they run.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("servers.sh", import.meta.url));
const needed = ["/usr/bin/redis-server", "/usr/lib/postgresql"];
let running = false;

/** Answers why there are none; undefined: they run. Without root there are none: PostgreSQL runs as a user of its own. */
export function startServers() {
  const absent = needed.find((path) => !existsSync(path));
  if (absent !== undefined) return `${absent} is not there (Debian: postgresql redis-server)`;
  if (process.getuid?.() !== 0) return "only root can start PostgreSQL as its own user";
  if (areRunning()) return addresses();
  running = true;
  const started = spawnSync("sh", [script, "start"], { stdio: ["ignore", "inherit", "inherit"], timeout: 60_000 });
  if (started.status !== 0) return "they did not start";
  return addresses();
}

/** Another measurement started them, and stops them. */
function areRunning() {
  const file = `${process.env.BENCH_DATA ?? tmpdir()}/peer-bench-servers/pg/postmaster.pid`;
  try {
    return process.kill(Number.parseInt(readFileSync(file, "utf8"), 10), 0);
  } catch {
    return false;
  }
}

function addresses() {
  const { stdout } = spawnSync("sh", [script, "env"], { encoding: "utf8" });
  for (const [, name, value] of stdout.matchAll(/([A-Z_]+)=(\S+)/g)) process.env[name] = value;
  return undefined;
}

export function stopServers() {
  if (running) spawnSync("sh", [script, "stop"], { stdio: "ignore", timeout: 60_000 });
  running = false;
}
