// Runner: node src/run.mjs W [--shapes a,b] [--only x,y] [--rounds 3] [--timeout 120] [--json file]
// One process per (contestant, shape, round); contestants are interleaved inside each round and the
// order is rotated from round to round, so that drift of a shared machine falls on all of them alike.
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { median, table } from "./lib/stats.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const [w, ...rest] = process.argv.slice(2);
const opt = (k, d) => {
  const i = rest.indexOf(`--${k}`);
  return i < 0 ? d : rest[i + 1];
};
const rounds = +opt("rounds", 3),
  timeout = +opt("timeout", 120) * 1000;
const def = await import(`./workloads/${w}.mjs`);
const dir = path.join(here, "contestants", w);
let names = readdirSync(dir)
  .filter((f) => f.endsWith(".mjs") && !f.startsWith("_"))
  .map((f) => f.slice(0, -4))
  .sort();
// further contestants from outside: BENCH_EXTRA=name=/path/to/adapter.mjs,...
const extra = Object.fromEntries(
  (process.env.BENCH_EXTRA ?? "")
    .split(",")
    .filter(Boolean)
    .map((s) => s.split("=")),
);
names = [...Object.keys(extra), ...names];
if (opt("only")) {
  const o = opt("only").split(",");
  names = o.filter((x) => names.includes(x));
}
let shapes = def.shapes;
if (opt("shapes")) {
  const o = opt("shapes").split(",");
  shapes = shapes.filter((s) => o.includes(s.name));
}

function once(contestant, shape) {
  return new Promise((resolve) => {
    const file = extra[contestant] ? path.resolve(extra[contestant]) : path.join(dir, `${contestant}.mjs`);
    const c = spawn(
      process.execPath,
      [
        "--expose-gc",
        "--no-warnings",
        ...(shape.nodeArgs ?? []),
        path.join(here, "child.mjs"),
        w,
        file,
        JSON.stringify(shape),
      ],
      { stdio: ["ignore", "pipe", "pipe"], detached: true },
    );
    let out = "",
      err = "",
      done = false;
    const fin = (r) => {
      if (!done) {
        done = true;
        clearTimeout(t);
        resolve(r);
      }
    };
    const t = setTimeout(() => {
      try {
        process.kill(-c.pid, "SIGKILL");
      } catch {}
      fin({ error: "timeout" });
    }, timeout);
    c.stdout.on("data", (d) => (out += d));
    c.stderr.on("data", (d) => (err += d));
    c.on("close", (code) => {
      const line = out
        .split("\n")
        .reverse()
        .find((l) => l.startsWith("@@"));
      if (line) {
        const m = JSON.parse(line.slice(2));
        if (m.error)
          m.error =
            m.error
              .split("\n")
              .filter((l) => /rror/.test(l))
              .join(" ")
              .replace(/file:\S*/g, "")
              .slice(0, 120) || m.error.slice(0, 120).replace(/\s+/g, " ");
        return fin(m);
      }
      fin({
        error: (
          `exit ${code}: ` +
          (err || out)
            .trim()
            .split("\n")
            .filter((l) => /Error|error|not /.test(l))[0]
        ).slice(0, 160),
      });
    });
  });
}

const from = opt("from"); // --from results/x.json: no runs, only the tables again
const results = from ? JSON.parse(readFileSync(from, "utf8")) : {}; // shape -> contestant -> [metrics]
const dead = new Set();
for (let r = 0; r < (from ? 0 : rounds); r++) {
  for (const s of shapes) {
    const order = names.slice(r % names.length).concat(names.slice(0, r % names.length));
    for (const n of order) {
      if (dead.has(n + s.name)) continue;
      const m = await once(n, s);
      ((results[s.name] ??= {})[n] ??= []).push(m);
      if (m.skip || m.error) {
        dead.add(n + s.name);
      }
      process.stderr.write(`r${r} ${s.name} ${n} ${JSON.stringify(m).slice(0, 200)}\n`);
    }
  }
}
const key = def.key ?? "ms",
  better = def.better ?? "low";
let md = "";
for (const s of shapes) {
  const rows = [];
  for (const n of names) {
    const all = results[s.name]?.[n] ?? [],
      ok = all.filter((m) => !m.error && !m.skip);
    if (!ok.length) {
      const e = all[0]?.error ?? all[0]?.skip;
      if (e && e !== "n/a") rows.push({ contestant: n, version: "", note: String(e).replace(/\|/g, "/") });
      continue;
    }
    const row = { contestant: n, version: ok[0].version ?? "" };
    for (const c of def.columns) row[c] = typeof ok[0][c] === "number" ? median(ok.map((m) => m[c])) : ok[0][c];
    row.note = ok[0].note ?? "";
    rows.push(row);
  }
  const ref = rows.find((x) => x.contestant === (s.floor ?? def.floor));
  for (const x of rows)
    if (x[key] !== undefined && ref) x["x floor"] = better === "low" ? x[key] / ref[key] : ref[key] / x[key];
  rows.sort((a, b) => (a["x floor"] ?? 1e99) - (b["x floor"] ?? 1e99));
  md += `\n### ${w} ${s.name}\n\n${table(rows, ["contestant", "version", ...def.columns, "x floor", "note"])}\n`;
}
console.log(md);
mkdirSync(path.join(here, "../results"), { recursive: true });
const tag = opt("tag", "");
const f = path.join(here, "../results", `${w}${tag ? `-${tag}` : ""}.json`);
writeFileSync(f, JSON.stringify(results));
writeFileSync(f.replace(".json", ".md"), md);
