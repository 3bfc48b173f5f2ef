export const wf = `name: cold
execution_strategy: graph
steps:
${[1, 2, 3, 4, 5].map((i) => `  s${i}:\n    class: Print\n    config:\n      text: "${i === 1 ? "@@first" : `step ${i}`}"\n${i > 1 ? `    needs: [s${i - 1}]\n` : ""}`).join("")}`;
export const node = (dir, file, args = []) => ({
  cmd: process.execPath,
  args: ["--no-warnings", ...args, file],
  cwd: dir,
});
