export const version = `node ${process.versions.node}`,
  note = "start of node alone";
export const setup = () => ({ cmd: process.execPath, args: ["-e", "0"] });
