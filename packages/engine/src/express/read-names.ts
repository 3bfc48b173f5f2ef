const names = "[A-Za-z_$][\\w$]*";
const member = `${names}(?:\\s*:\\s*${names})?`;
const pattern = new RegExp(
  `^(?:async\\s+)?(?:function\\s*)?(?:${names})?\\s*\\(\\s*\\{\\s*(${member}(?:\\s*,\\s*${member})*)?\\s*,?\\s*\\}\\s*\\)`,
);
const nothing = new RegExp(`^(?:async\\s+)?(?:function\\s*)?(?:${names})?\\s*\\(\\s*\\)`);

/**
 * The members of its only argument that a function can see, where its text proves it: it takes the argument apart by plain names
 * (`({ inputs, config: c }) => ...`), or takes none. Undefined: it may see all of it, or which members there are.
 */
export function readNames(text: string): ReadonlySet<string> | undefined {
  if (/\barguments\b|\beval\b/.test(text)) return undefined;
  if (nothing.test(text)) return new Set();
  const found = pattern.exec(text);
  if (found === null) return undefined;
  const members = (found[1] ?? "").split(",").map((one) => one.split(":")[0]?.trim() ?? "");
  return new Set(members.filter((name) => name !== ""));
}
