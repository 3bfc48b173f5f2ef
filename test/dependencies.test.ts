import { describe, expect, it } from "vitest";
import { packageFolders, readText } from "./project.js";

type Manifest = {
  name: string;
  version: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
};
type Locked = {
  version?: string;
  resolved?: string;
  link?: boolean;
  hasInstallScript?: boolean;
  optionalDependencies?: Record<string, string>;
};

const manifests = ["package.json", ...packageFolders().map((folder) => `packages/${folder}/package.json`)].map(
  (path) => JSON.parse(readText(path)) as Manifest,
);
const lockedIn = (path: string) => (JSON.parse(readText(path)) as { packages: Record<string, Locked> }).packages;
const locked = lockedIn("package-lock.json");
const peers = JSON.parse(readText("bench/package.json")) as Manifest;

describe("dependencies", () => {
  it("versions: every one is exact", () => {
    const all = manifests.flatMap((manifest) =>
      Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }),
    );
    expect(all.filter(([, version]) => !/^(npm:[a-z@/-]+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it("install scripts: no package has one", () => {
    expect(Object.entries(locked).filter(([, entry]) => entry.hasInstallScript === true)).toEqual([]);
  });

  it("lockfile: names no registry", () => {
    expect(Object.values(locked).filter((entry) => entry.resolved !== undefined && entry.link !== true)).toEqual([]);
  });

  it("lockfile: has the binaries of every platform (`node scripts/complete-lockfile.mjs` adds them)", () => {
    const names = Object.values(locked).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    expect(names.filter((name) => locked[`node_modules/${name}`]?.version === undefined)).toEqual([]);
  });

  it("number: 25 direct runtime dependencies at most", () => {
    const names = new Set(manifests.flatMap((manifest) => Object.keys(manifest.dependencies ?? {})));
    for (const manifest of manifests) names.delete(manifest.name);
    expect(names.size).toBeGreaterThan(0);
    expect(names.size).toBeLessThanOrEqual(25);
  });

  it("peers of the speed suite: every version is exact, and their lockfile names no registry", () => {
    const versions = Object.entries(peers.dependencies ?? {});
    expect(versions.length).toBeGreaterThan(20);
    const peerLock = lockedIn("bench/package-lock.json");
    expect(versions.filter(([name, version]) => peerLock[`node_modules/${name}`]?.version !== version)).toEqual([]);
    expect(Object.values(peerLock).filter((entry) => entry.resolved !== undefined)).toEqual([]);
  });

  it("our own packages: they ask for each other's present version", () => {
    const versions = new Map(manifests.map((manifest) => [manifest.name, manifest.version]));
    const asked = manifests.flatMap((manifest) => Object.entries(manifest.dependencies ?? {}));
    expect(asked.filter(([name, version]) => versions.has(name) && versions.get(name) !== version)).toEqual([]);
  });
});
