// WfCommons WfInstances (schema 1.4/1.5): real scientific workflow traces. WFINSTANCES_DIR names a folder of them.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const beside = fileURLToPath(new URL("../../../../shared/data/traces", import.meta.url));

/** The folder with the traces; undefined: there is none. */
export const folderOfTraces = () => process.env.WFINSTANCES_DIR ?? (existsSync(beside) ? beside : undefined);

export function load(dir = folderOfTraces()) {
  const out = [];
  const walk = (d) => {
    for (const f of readdirSync(d).sort()) {
      const p = path.join(d, f);
      if (statSync(p).isDirectory()) walk(p);
      else if (f.endsWith(".json")) {
        const t = parse(p, path.relative(dir, p));
        if (t) out.push(t);
      }
    }
  };
  walk(dir);
  return out;
}
export function parse(file, name) {
  let j;
  try {
    j = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
  const spec = j.workflow?.specification?.tasks ?? j.workflow?.tasks;
  if (!spec) return null;
  const exec = new Map((j.workflow.execution?.tasks ?? spec).map((t) => [t.id ?? t.name, t]));
  const idx = new Map(spec.map((t, i) => [t.id ?? t.name, i]));
  const n = spec.length,
    dur = new Float64Array(n),
    type = new Array(n),
    preds = [],
    succs = Array.from({ length: n }, () => []);
  for (let i = 0; i < n; i++) {
    const t = spec[i],
      e = exec.get(t.id ?? t.name);
    dur[i] = Math.max(0, e?.runtimeInSeconds ?? e?.runtime ?? 0);
    type[i] = String(t.name ?? t.id).replace(/[_-]?(ID)?\d+.*$/i, "");
    preds.push((t.parents ?? []).map((p) => idx.get(p)).filter((x) => x !== undefined));
  }
  for (let i = 0; i < n; i++) for (const p of preds[i]) succs[p].push(i);
  const order = [],
    deg = preds.map((p) => p.length);
  for (let i = 0; i < n; i++) if (!deg[i]) order.push(i);
  for (let k = 0; k < order.length; k++) for (const s of succs[order[k]]) if (--deg[s] === 0) order.push(s);
  if (order.length !== n) return null;
  return {
    name,
    family: familyOf(name),
    n,
    dur,
    type,
    preds,
    succs,
    order,
  };
}

/** Folders name it; in a flat folder the first word of the file. */
function familyOf(name) {
  if (!name.includes(path.sep)) return name.replace(/-.*$/s, "");
  return name
    .split(path.sep)
    .slice(0, 2)
    .join("/")
    .replace(/\/[^/]*\.json$/, "");
}
