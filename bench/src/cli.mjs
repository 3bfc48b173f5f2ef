// Runner of the command-line workloads: node src/cli.mjs w6|w7 [--rounds 5] [--only a,b] [--n 10000] [--timeout 120]
// Adapter: export function setup(dir, n) -> {cmd, args, cwd?, env?, prime?: number of untimed first runs, n?}; export const version, note
// Timed from spawn to the first '@@first' printed by step 1 (w6) and to the exit (both).
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { median, table } from "./lib/stats.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const [w, ...rest] = process.argv.slice(2);
const opt = (k, d) => {
  const i = rest.indexOf(`--${k}`);
  return i < 0 ? d : rest[i + 1];
};
const rounds = +opt("rounds", 5),
  n = +opt("n", w === "w7" ? 10000 : 5),
  timeout = +opt("timeout", 120) * 1000;
let names = readdirSync(path.join(here, "contestants", w))
  .filter((f) => f.endsWith(".mjs") && !f.startsWith("_"))
  .map((f) => f.slice(0, -4))
  .sort();
if (opt("only")) names = opt("only").split(",");
const root = mkdtempSync(path.join(process.env.BENCH_DATA ?? tmpdir(), "peer-bench-cli-"));
const cs = [];
function go(x) {
  return new Promise((ok) => {
    const t0 = performance.now();
    let first = NaN,
      out = "";
    const c = spawn(x.cmd, x.args, {
      cwd: x.cwd,
      env: { ...process.env, ...x.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const t = setTimeout(() => {
      try {
        process.kill(-c.pid, "SIGKILL");
      } catch {}
    }, timeout);
    const see = (d) => {
      if (out.length < 20000) out += d;
      if (Number.isNaN(first) && String(d).includes("@@first")) {
        first = performance.now() - t0;
        if (x.endAtFirst) {
          try {
            process.kill(-c.pid, "SIGTERM");
          } catch {}
        }
      }
    };
    c.stdout.on("data", see);
    c.stderr.on("data", see);
    c.on("error", (e) => ok({ error: String(e) }));
    c.on("close", (code) => {
      clearTimeout(t);
      ok({ first, ms: performance.now() - t0, code, out });
    });
  });
}
for (const name of names) {
  const dir = path.join(root, name);
  mkdirSync(dir);
  try {
    const m = await import(path.join(here, "contestants", w, `${name}.mjs`));
    const x = await m.setup(dir, n);
    let bad = null;
    for (let i = 0; i < (x.prime ?? 1); i++) {
      const r = await go({ ...x, args: x.primeArgs ?? x.args });
      if ((r.code !== 0 && !x.endAtFirst) || r.error)
        bad = `prime failed (${r.code}) ${r.error ?? r.out.slice(-300).replace(/\s+/g, " ")}`;
      else if (i === 0) x.cold = r.ms;
    }
    cs.push({ name, m, x, r: [], bad });
  } catch (e) {
    cs.push({ name, m: {}, x: {}, r: [], bad: String(e).slice(0, 200) });
  }
  process.stderr.write(`${name} ready ${cs.at(-1).bad ?? ""} cold ${cs.at(-1).x.cold}\n`);
}
for (let k = 0; k < rounds; k++)
  for (let i = 0; i < cs.length; i++) {
    const c = cs[(i + k) % cs.length];
    if (c.bad) continue;
    const r = await go(c.x);
    if (r.error || (r.code !== 0 && !c.x.endAtFirst)) c.bad = `failed ${r.error ?? r.code}`;
    else c.r.push(r);
  }
const rows = cs.map((c) => {
  if (c.bad && !c.r.length)
    return { contestant: c.name, version: c.m.version ?? "", note: c.bad.replace(/\|/g, "/").replaceAll(root, "") };
  const ms = median(c.r.map((r) => r.ms)),
    first = median(c.r.map((r) => r.first)),
    k = c.x.n ?? n;
  return w === "w6"
    ? {
        contestant: c.name,
        version: c.m.version ?? "",
        "first step ms": first,
        "exit ms": c.x.endAtFirst ? NaN : ms,
        note: c.m.note ?? "",
      }
    : {
        contestant: c.name,
        version: c.m.version ?? "",
        steps: k,
        "first run ms": c.x.cold,
        "no-op rerun ms": ms,
        "µs/step": (ms * 1000) / k,
        note: c.m.note ?? "",
      };
});
const key = w === "w6" ? "first step ms" : "µs/step",
  ref = rows.find((r) => r.contestant === (w === "w6" ? "node-json" : "floor-stat"));
for (const r of rows) if (r[key] && ref) r["x floor"] = r[key] / ref[key];
rows.sort((a, b) => (a[key] ?? 1e9) - (b[key] ?? 1e9));
const md =
  `\n### ${w} n=${n}\n\n` +
  table(
    rows,
    w === "w6"
      ? ["contestant", "version", "first step ms", "exit ms", "x floor", "note"]
      : ["contestant", "version", "steps", "first run ms", "no-op rerun ms", "µs/step", "x floor", "note"],
  );
console.log(md);
mkdirSync(path.join(here, "../results"), { recursive: true });
writeFileSync(path.join(here, "../results", `${w}.md`), md);
rmSync(root, { recursive: true, force: true });
