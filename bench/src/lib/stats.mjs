export const median = (a) => quantile(a, 0.5);
export function quantile(a, q) {
  if (!a.length) return NaN;
  const s = Float64Array.from(a).sort();
  const p = (s.length - 1) * q,
    lo = Math.floor(p),
    hi = Math.ceil(p);
  return s[lo] + (s[hi] - s[lo]) * (p - lo);
}
export const geomean = (a) => Math.exp(a.reduce((x, y) => x + Math.log(y), 0) / a.length);
export function fmt(x) {
  if (x === undefined || x === null || Number.isNaN(x)) return "-";
  if (typeof x !== "number") return String(x);
  const v = Math.abs(x);
  if (v >= 1000) return Math.round(x).toString();
  if (v >= 100) return x.toFixed(0);
  if (v >= 10) return x.toFixed(1);
  if (v >= 1) return x.toFixed(2);
  return x.toFixed(3);
}
export function table(rows, cols) {
  const out = [`| ${cols.join(" | ")} |`, `|${cols.map(() => "---").join("|")}|`];
  for (const r of rows) out.push(`| ${cols.map((c) => fmt(r[c])).join(" | ")} |`);
  return out.join("\n");
}
export function rng(seed) {
  // mulberry32
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
