import { describe, expect, it } from "vitest";
import type { PlainDefinition } from "../contracts/component.js";
import { defineStep } from "./define-step.js";
import { createRegistry } from "./registry.js";
import { shelf } from "./shelf.js";

const own = (name: string, version = "1"): PlainDefinition => ({
  kind: "link",
  class: name,
  version,
  summary: "A link of our own.",
  config: (zod) => zod.strictObject({}),
});

describe("registry", () => {
  it("find: by canonical and by short name, nothing else", () => {
    const registry = createRegistry();
    expect(registry.find("nanobrain.core.link.DirectLink")?.class).toBe("nanobrain.core.link.DirectLink");
    expect(registry.find("DirectLink")?.class).toBe("nanobrain.core.link.DirectLink");
    for (const name of ["core.link.DirectLink", "directlink", "__proto__", "constructor", "toString", ""])
      expect(registry.find(name)).toBeUndefined();
  });

  it("find: the caller's class goes before a built-in of the same short name", () => {
    const registry = createRegistry({ definitions: [own("lab.DirectLink")] });
    expect(registry.find("DirectLink")?.class).toBe("lab.DirectLink");
    expect(registry.find("nanobrain.core.link.DirectLink")?.class).toBe("nanobrain.core.link.DirectLink");
  });

  it("find: a short name that two of the caller's classes have names neither", () => {
    const registry = createRegistry({ definitions: [own("a.OurLink"), own("b.OurLink")] });
    expect(registry.find("OurLink")).toBeUndefined();
    expect(registry.find("b.OurLink")?.class).toBe("b.OurLink");
  });

  it("createRegistry: a class given twice is refused", () => {
    expect(() => createRegistry({ definitions: [own("a.X"), own("a.X")] })).toThrow(/registered twice/);
    expect(() => createRegistry({ definitions: [own("nanobrain.core.link.DirectLink")] })).toThrow(/registered twice/);
  });

  it("fingerprint: changes with classes, versions and functions, not with their order", () => {
    const print = (...names: PlainDefinition[]) => createRegistry({ definitions: names }).fingerprint;
    expect(print(own("a.X"), own("a.Y"))).toBe(print(own("a.Y"), own("a.X")));
    expect(print(own("a.X"))).not.toBe(print(own("a.X", "2")));
    expect(print()).not.toBe(createRegistry({ functions: { trim: (value) => value } }).fingerprint);
  });

  it.each(shelf.map((entry) => [entry.class, entry] as const))(
    "%s: loads under its own name and kind",
    async (name, entry) => {
      const definition = await entry.load();
      expect(definition.class).toBe(name);
      expect(definition.kind).toBe(entry.kind);
      const zod = await createRegistry().zod();
      expect(zod.toJSONSchema(definition.config(zod), { io: "input", unrepresentable: "any" })).toBeTypeOf("object");
    },
  );
});

describe("registry that grows", () => {
  const run = () => Promise.resolve({});
  const step = (version: string) => defineStep({ class: "acme.Own", version, run });

  it("adopt: classes and functions are found from then on, the same may come again, another of the name is refused", () => {
    const registry = createRegistry({ functions: { first: () => 1 } });
    const before = registry.fingerprint;
    const [first, second] = [step("1"), () => 2];
    registry.adopt([first], { second });
    registry.adopt([first], { second });
    expect(registry.find("Own")?.class).toBe("acme.Own");
    expect([registry.isOwn("acme.Own"), registry.isOwn("nanobrain.core.step.CommandStep")]).toEqual([true, false]);
    expect(registry.functions()).toEqual(["first", "second"]);
    expect(registry.fingerprint).not.toBe(before);
    for (const [steps, functions] of [
      [[step("2")], {}],
      [[], { second: () => 3 }],
    ] as const)
      expect(() => registry.adopt(steps, functions)).toThrow(/registered twice/);
    expect(() => registry.adopt([{ ...step("1"), class: "nanobrain.core.step.CommandStep" }], {})).toThrow(
      /registered twice/,
    );
  });

  it("adopt that fails: nothing of it is there", () => {
    const registry = createRegistry({ functions: { first: () => 1 } });
    expect(() => registry.adopt([step("1")], { first: () => 2, other: () => 3 })).toThrow(/registered twice/);
    const built = { ...step("1"), class: "nanobrain.core.step.HttpStep" };
    expect(() => registry.adopt([step("1"), built], { other: () => 3 })).toThrow(/registered twice/);
    expect([registry.find("Own"), registry.functions()]).toEqual([undefined, ["first"]]);
  });
});
