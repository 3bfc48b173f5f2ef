import { writeFileSync } from "node:fs";
export const version = "4.3 (Debian)",
  note = "phony targets, sh per step";
export function setup(dir) {
  writeFileSync(
    `${dir}/Makefile`,
    "s5: s4\n\t@echo s5\ns4: s3\n\t@echo s4\ns3: s2\n\t@echo s3\ns2: s1\n\t@echo s2\ns1:\n\t@echo @@first\n.PHONY: s1 s2 s3 s4 s5\n",
  );
  return { cmd: "make", args: [], cwd: dir };
}
