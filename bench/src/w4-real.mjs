// W4 (real clock): the same traces executed with real sleeps on P slots. node src/w4-real.mjs trace[,trace] [--P 8] [--seconds 8] [--rounds 3]
// make -jP, ninja -jP, snakemake --cores P run `sleep t` processes; node-* contestants sleep with timers in one process.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import PQueue from "p-queue";
import { bounds, Heap, justify, simulate, upwardRank } from "./lib/sched.mjs";
import { median, table } from "./lib/stats.mjs";
import { parse } from "./lib/traces.mjs";

const [list, ...rest] = process.argv.slice(2);
const opt = (k, d) => {
  const i = rest.indexOf(`--${k}`);
  return i < 0 ? d : rest[i + 1];
};
const P = +opt("P", 8),
  target = +opt("seconds", 8),
  rounds = +opt("rounds", 3);
const sh = (cmd, args, cwd) =>
  new Promise((ok) => {
    const t = performance.now();
    const c = spawn(cmd, args, { cwd, stdio: "ignore" });
    c.on("close", (code) => ok(code === 0 ? (performance.now() - t) / 1000 : NaN));
  });
const sleep = (s) => new Promise((r) => setTimeout(r, s * 1000));
const rows = [];
for (const f of list.split(",")) {
  const t = parse(path.join(process.env.WFINSTANCES_DIR, f), f);
  const k = target / simulate(t, P, upwardRank(t, t.dur)).makespan;
  for (let i = 0; i < t.n; i++) t.dur[i] *= k;
  const lb = bounds(t, P).tight;
  const root = mkdtempSync(path.join(tmpdir(), "peer-bench-"));
  const d = (n) => {
    mkdirSync(path.join(root, n));
    return path.join(root, n);
  };
  const leaves = [...Array(t.n).keys()].filter((i) => !t.succs[i].length);
  const s = (i) => t.dur[i].toFixed(4);
  const mk = d("make"),
    nj = d("ninja"),
    sm = d("snake");
  writeFileSync(
    `${mk}/Makefile`,
    "all: " +
      leaves.map((i) => `t${i}`).join(" ") +
      "\n" +
      t.dur.reduce((a, _, i) => `${a}t${i}: ${t.preds[i].map((p) => `t${p}`).join(" ")}\n\t@sleep ${s(i)}\n`, "") +
      ".PHONY: all " +
      Array.from({ length: t.n }, (_, i) => `t${i}`).join(" ") +
      "\n",
  );
  writeFileSync(
    `${nj}/build.ninja`,
    "rule s\n  command = sleep $d\n" +
      t.dur.reduce((a, _, i) => `${a}build t${i}: s ${t.preds[i].map((p) => `t${p}`).join(" ")}\n  d = ${s(i)}\n`, ""),
  );
  writeFileSync(
    `${sm}/Snakefile`,
    `rule all:\n    input: ${leaves.map((i) => `"t${i}"`).join(",")}\n` +
      t.dur.reduce(
        (a, _, i) =>
          a +
          `rule r${i}:\n${t.preds[i].length ? `    input: ${t.preds[i].map((p) => `"t${p}"`).join(",")}\n` : ""}    output: temp(touch("t${i}"))\n    shell: "sleep ${s(i)}"\n`,
        "",
      ),
  );
  const list_ = async (prio) => {
    // in-process list scheduling with a binary heap
    const deg = t.preds.map((p) => p.length);
    let seq = 0;
    const sq = [];
    const ready = new Heap((a, b) => prio[a] > prio[b] || (prio[a] === prio[b] && sq[a] < sq[b]));
    let free = P,
      left = t.n;
    const t0 = performance.now();
    await new Promise((ok) => {
      const put = (i) => {
        sq[i] = seq++;
        ready.push(i);
      };
      const pump = () => {
        while (free && ready.size) {
          const i = ready.pop();
          free--;
          sleep(t.dur[i]).then(() => {
            free++;
            for (const x of t.succs[i]) if (--deg[x] === 0) put(x);
            if (--left === 0) ok();
            else pump();
          });
        }
      };
      for (let i = 0; i < t.n; i++) if (!deg[i]) put(i);
      pump();
    });
    return (performance.now() - t0) / 1000;
  };
  const fns = {
    "make -j": () => sh("make", ["-s", `-j${P}`, "all"], mk),
    "ninja -j": () => sh("ninja", [`-j${P}`], nj),
    "snakemake --cores": async () => {
      const r = await sh("sh", ["-c", `rm -rf t* ; exec snakemake -q all --nolock --cores ${P}`], sm);
      return r;
    },
    "p-queue (FIFO)": async () => {
      const q = new PQueue({ concurrency: P });
      const deg = t.preds.map((p) => p.length);
      let left = t.n;
      const t0 = performance.now();
      await new Promise((ok) => {
        const go = (i) =>
          q
            .add(() => sleep(t.dur[i]))
            .then(() => {
              for (const x of t.succs[i]) if (--deg[x] === 0) go(x);
              if (--left === 0) ok();
            });
        for (let i = 0; i < t.n; i++) if (!deg[i]) go(i);
      });
      return (performance.now() - t0) / 1000;
    },
    "proto critical path (exact times)": () => list_(upwardRank(t, t.dur)),
    "proto justified plan (exact times)": () =>
      list_(Float64Array.from(justify(t, P, simulate(t, P, upwardRank(t, t.dur))).start, (x) => -x)),
  };
  const res = {};
  const names = Object.keys(fns);
  for (let r = 0; r < rounds; r++)
    for (let i = 0; i < names.length; i++) {
      const n = names[(i + r) % names.length];
      (res[n] ??= []).push(await fns[n]());
    }
  for (const n of names)
    rows.push({
      trace: f,
      tasks: t.n,
      P,
      contestant: n,
      "makespan s": median(res[n]),
      "bound s": lb,
      "makespan / bound": (median(res[n]) / lb).toFixed(3),
    });
  rmSync(root, { recursive: true, force: true });
}
console.log(table(rows, Object.keys(rows[0])));
