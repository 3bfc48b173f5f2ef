import { writeFileSync } from "node:fs";
export const version = "7.21.0 (Debian)",
  note = "python";
export function setup(dir) {
  writeFileSync(
    `${dir}/Snakefile`,
    'rule all:\n    input: "s5"\n' +
      [1, 2, 3, 4, 5]
        .map(
          (i) =>
            `rule r${i}:\n${i > 1 ? `    input: "s${i - 1}"\n` : ""}    output: temp("s${i}")\n    shell: "echo ${i === 1 ? "@@first" : `s${i}`}; touch {output}"\n`,
        )
        .join(""),
  );
  return { cmd: "sh", args: ["-c", "rm -f s1 s2 s3 s4 s5; exec snakemake --cores 1 -q all --nolock"], cwd: dir };
}
