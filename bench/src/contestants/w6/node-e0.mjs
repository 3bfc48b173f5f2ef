export const version = `node ${process.versions.node}`,
  note = "exit time of `node -e 0` (shown as first step too)";
export const setup = () => ({ cmd: process.execPath, args: ["-e", "process.stdout.write('@@first')"] });
