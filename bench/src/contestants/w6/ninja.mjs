import { writeFileSync } from "node:fs";
export const version = "1.11.1 (Debian)",
  note = "output shown when the step ends";
export function setup(dir) {
  writeFileSync(
    `${dir}/build.ninja`,
    "rule r\n  command = echo $t\n" +
      [1, 2, 3, 4, 5]
        .map((i) => `build s${i}: r ${i > 1 ? `s${i - 1}` : ""}\n  t = ${i === 1 ? "@@first" : `s${i}`}\n`)
        .join(""),
  );
  return { cmd: "ninja", args: ["s5"], cwd: dir };
}
