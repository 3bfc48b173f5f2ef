import { writeFileSync } from "node:fs";
export const version = "3.1.20230209 (Debian)",
  note = "python";
export function setup(dir) {
  const tool = (t) => ({
    class: "CommandLineTool",
    requirements: { InlineJavascriptRequirement: {} },
    inputs: { i: "Any?" },
    outputs: { o: { type: "string", outputBinding: { outputEval: '$("x")' } } },
    baseCommand: ["sh", "-c", `echo ${t} >&2`],
  });
  for (let i = 1; i <= 5; i++) {
    const t = tool(i === 1 ? "@@first" : `s${i}`);
    delete t.requirements;
    t.outputs = { o: { type: "stdout" } };
    t.stdout = `o${i}`;
    writeFileSync(`${dir}/t${i}.cwl`, JSON.stringify({ cwlVersion: "v1.2", ...t, inputs: { i: "File?" } }));
  }
  writeFileSync(
    `${dir}/w.cwl`,
    JSON.stringify({
      cwlVersion: "v1.2",
      class: "Workflow",
      inputs: {},
      outputs: { out: { type: "File", outputSource: "s5/o" } },
      steps: Object.fromEntries(
        [1, 2, 3, 4, 5].map((i) => [`s${i}`, { run: `t${i}.cwl`, in: i > 1 ? { i: `s${i - 1}/o` } : {}, out: ["o"] }]),
      ),
    }),
  );
  return { cmd: "cwltool", args: ["--quiet", "--outdir", `${dir}/out`, "w.cwl"], cwd: dir };
}
