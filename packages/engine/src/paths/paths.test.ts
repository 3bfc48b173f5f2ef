import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openFolderInside } from "./open-folder-inside.js";
import { handleFault, openInside } from "./open-inside.js";
import { pathFault } from "./path-spelling.js";
import { resolveInside, shownPath } from "./resolve-inside.js";

let outer = "";
let root = "";
let allowed = "";
beforeEach(() => {
  outer = realpathSync(mkdtempSync(join(tmpdir(), "nanobrain-paths-")));
  root = join(outer, "project");
  allowed = join(outer, "allowed");
  for (const folder of [root, allowed, join(root, "sub"), join(outer, "project-2")]) mkdirSync(folder);
  writeFileSync(join(root, "sub", "a.txt"), "inside");
  writeFileSync(join(allowed, "b.txt"), "allowed");
  writeFileSync(join(outer, "secret.txt"), "SECRET");
  writeFileSync(join(outer, "project-2", "secret.txt"), "SECRET");
});
afterEach(() => rmSync(outer, { recursive: true, force: true }));

function text(path: string, roots: readonly string[] = []): string {
  const file = openInside(root, roots, path);
  if (file.status !== "open") return file.status;
  try {
    return readFileSync(file.fd, "utf8");
  } finally {
    closeSync(file.fd);
  }
}

describe("path spelling", () => {
  it.each([
    ["", "empty"],
    ["/etc/passwd", "absolute"],
    ["//host/share", "absolute"],
    ["../x", ".."],
    ["a/../../x", ".."],
    ["a/..", ".."],
    ["..", ".."],
    ["~/x", "~"],
    ["~root/x", "~"],
    ["a\\b", "backslash"],
    ["..\\x", "backslash"],
    ["\\\\host\\share", "backslash"],
    ["C:/x", "scheme or drive"],
    ["c:x", "scheme or drive"],
    ["file:///etc/passwd", "scheme or drive"],
    ["http://x/y", "scheme or drive"],
    ["data:text/plain,x", "scheme or drive"],
    ["a\0.txt", "NUL"],
    ["a\nb", "control"],
    ["a\u0085b", "control"],
    ["a\ud800b", "surrogate"],
    ["x".repeat(256), "255 bytes"],
    ["é".repeat(128), "255 bytes"],
    ["x/".repeat(2_001), "4000 bytes"],
  ])("%j: is refused (%s)", (path, reason) => {
    expect(pathFault(path)).toContain(reason);
    expect(resolveInside(root, [], path).status).toBe("outside");
  });

  it.each([
    "a",
    "a/b.txt",
    "./a",
    "a//b",
    "...",
    "..a",
    "a..",
    "%2e%2e/a",
    "..%2fa",
    "é/\u{1F600}",
    "a b",
    "-rf",
    "1:2",
  ])("%j: is a name like any other", (path) => {
    expect(pathFault(path)).toBeUndefined();
    expect(resolveInside(root, [], path).status).toBe("missing");
  });
});

describe("resolve inside", () => {
  it("a file of the project: is found by its real path", () => {
    expect(resolveInside(root, [], "sub/./a.txt")).toEqual({ status: "found", real: join(root, "sub", "a.txt") });
  });

  it("what does not exist: the nearest folder that does, and the names below it", () => {
    const missing = { status: "missing", parent: join(root, "sub"), rest: ["x", "y.txt"] };
    expect(resolveInside(root, [], "sub/x/y.txt")).toEqual(missing);
  });

  it("links: inside they are followed, outside and in a loop they are refused", () => {
    symlinkSync("sub", join(root, "inner"));
    symlinkSync(outer, join(root, "up"));
    symlinkSync("loop", join(root, "loop"));
    expect(text("inner/a.txt")).toBe("inside");
    expect(text("up/secret.txt")).toBe("outside");
    expect(text("up/new/x")).toBe("outside");
    expect(resolveInside(root, [], "loop").status).toBe("outside");
  });

  it("a neighbour whose name starts like the project's: is outside", () => {
    symlinkSync(join(outer, "project-2"), join(root, "near"));
    expect(text("near/secret.txt")).toBe("outside");
  });

  it("an allowed root: by a link, and by a path spelled below it; not by climbing out of it", () => {
    symlinkSync(allowed, join(root, "data"));
    expect([text("data/b.txt"), text("data/b.txt", [allowed])]).toEqual(["outside", "allowed"]);
    expect([text(join(allowed, "b.txt")), text(join(allowed, "b.txt"), [allowed])]).toEqual(["outside", "allowed"]);
    expect(text(`${allowed}/../secret.txt`, [allowed])).toBe("outside");
    expect(text(join(outer, "secret.txt"), [allowed])).toBe("outside");
  });

  it("a project reached over a link: its files are inside", () => {
    symlinkSync(root, join(outer, "alias"));
    expect(resolveInside(join(outer, "alias"), [], "sub/a.txt").status).toBe("found");
    expect(shownPath(join(root, "sub", "a.txt"), root)).toBe("sub/a.txt");
    expect(shownPath(join(outer, "secret.txt"), root)).toBe("secret.txt");
  });
});

describe("open inside", () => {
  it("what is no regular file: is refused without waiting for it", () => {
    spawnSync("/bin/sh", ["-c", "mkfifo pipe"], { cwd: root });
    symlinkSync("/dev/zero", join(root, "endless"));
    expect([text("sub"), text("pipe"), text("endless"), text("none")]).toEqual([
      "not_a_file",
      "not_a_file",
      "outside",
      "missing",
    ]);
  });

  it("where the system does not tell what a handle is: the path must still be the same file", () => {
    const real = join(root, "sub", "a.txt");
    const fd = openSync(real, "r");
    expect(handleFault(fd, real, [root], "/nowhere")).toBeUndefined();
    renameSync(real, join(root, "moved.txt"));
    symlinkSync(join(root, "moved.txt"), real);
    expect(handleFault(fd, real, [root], "/nowhere")?.status).toBe("outside");
    closeSync(fd);
  });

  it("race: a file and a folder swapped for links all the time give no byte from outside", async () => {
    linkSync(join(root, "sub", "a.txt"), join(root, "real.txt"));
    mkdirSync(join(outer, "sub"));
    writeFileSync(join(outer, "sub", "a.txt"), "SECRET");
    const swap = `
      const { linkSync, renameSync, rmSync, symlinkSync } = require("node:fs");
      symlinkSync("../secret.txt", "file-link");
      symlinkSync("../sub", "folder-link");
      for (;;) {
        linkSync("real.txt", "file"); renameSync("file", "swapped");
        rmSync("swapped"); symlinkSync("../secret.txt", "swapped"); rmSync("swapped");
        renameSync("sub", "moved"); renameSync("folder-link", "sub");
        renameSync("sub", "folder-link"); renameSync("moved", "sub");
      }`;
    const child = spawn(process.execPath, ["-e", swap], { cwd: root, stdio: "ignore" });
    const seen = new Map<string, number>();
    try {
      for (let round = 0; round < 60_000; round++) {
        const read = text(round % 2 === 0 ? "swapped" : "sub/a.txt");
        seen.set(read, (seen.get(read) ?? 0) + 1);
      }
    } finally {
      child.kill("SIGKILL");
    }
    expect(seen.get("SECRET")).toBeUndefined();
    expect(Math.min(seen.get("inside") ?? 0, seen.get("outside") ?? 0)).toBeGreaterThan(100);
  });
});

describe("open folder inside", () => {
  it("missing folders: are made, and names below `base` lie in them", () => {
    const folder = openFolderInside(root, [], "x/y/z");
    if (folder.status !== "open") return expect.fail(folder.what);
    writeFileSync(join(folder.base, "f"), "1");
    folder.close();
    expect(readFileSync(join(root, "x", "y", "z", "f"), "utf8")).toBe("1");
  });

  it("a folder that is moved away and replaced by a link: what is written stays in the folder that was checked", () => {
    const folder = openFolderInside(root, [], "sub");
    if (folder.status !== "open") return expect.fail(folder.what);
    renameSync(join(root, "sub"), join(root, "moved"));
    symlinkSync(outer, join(root, "sub"));
    if (process.platform === "linux") writeFileSync(join(folder.base, "f"), "1");
    folder.close();
    expect(existsSync(join(outer, "f"))).toBe(false);
    if (process.platform === "linux") expect(readFileSync(join(root, "moved", "f"), "utf8")).toBe("1");
  });

  it.runIf(process.platform === "linux")(
    "race: a folder swapped for a link all the time is never opened outside",
    () => {
      mkdirSync(join(outer, "target"));
      const outside = statSync(join(outer, "target")).ino;
      const swap = `
      const { renameSync, rmdirSync, symlinkSync } = require("node:fs");
      const tried = (...moves) => moves.forEach((move) => { try { move(); } catch {} });
      symlinkSync("../target", "link");
      for (;;) {
        try { renameSync("sub", "moved"); renameSync("link", "sub"); renameSync("sub", "link"); renameSync("moved", "sub"); }
        catch { tried(() => rmdirSync("sub"), () => renameSync("sub", "link"), () => renameSync("moved", "sub")); }
      }`;
      const child = spawn(process.execPath, ["-e", swap], { cwd: root, stdio: "ignore" });
      const seen = new Set<string>();
      try {
        for (let round = 0; round < 40_000; round++) {
          const folder = openFolderInside(root, [], "sub");
          if (folder.status !== "open") continue;
          seen.add(statSync(folder.base).ino === outside ? "outside" : "inside");
          folder.close();
        }
      } finally {
        child.kill("SIGKILL");
      }
      expect([...seen]).toEqual(["inside"]);
    },
  );

  it("a file or a link to nowhere in the way: is refused, nothing is made outside", () => {
    symlinkSync(join(outer, "made"), join(root, "dangling"));
    expect(openFolderInside(root, [], "sub/a.txt/x").status).toBe("not_a_file");
    expect(openFolderInside(root, [], "dangling/x").status).not.toBe("open");
    expect(openFolderInside(root, [], "../x").status).toBe("outside");
    expect(readdirSync(outer).sort()).toEqual(["allowed", "project", "project-2", "secret.txt"]);
  });
});
