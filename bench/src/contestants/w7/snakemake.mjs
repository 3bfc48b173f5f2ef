import { writeFileSync } from "node:fs";
import { inputs, LANES, outputs } from "./_files.mjs";
export const version = "7.21.0 (Debian)",
  note = "1,000 steps; no-op run, outputs up to date";
export function setup(dir, n) {
  n = Math.min(n, 1000);
  inputs(dir, n);
  outputs(dir, n);
  writeFileSync(
    `${dir}/Snakefile`,
    `L=${LANES}\nrule all:\n    input: expand("out/{i}", i=range(${n}))\nrule cp:\n    input: lambda w: ["in/"+w.i] + (["out/"+str(int(w.i)-L)] if int(w.i) >= L else [])\n    output: "out/{i}"\n    shell: "cp in/{wildcards.i} {output}"\n`,
  );
  return {
    cmd: "snakemake",
    args: ["--cores", "2", "-q", "all", "--nolock", "--rerun-triggers", "mtime"],
    primeArgs: ["--cores", "2", "-q", "all", "--nolock", "--touch"],
    cwd: dir,
    n,
  };
}
