import { expect, test } from "vitest";
import { loadDocument } from "./load-document.js";
import { memoryReader } from "./memory-reader.js";
import { renderDiagnostics } from "./render-diagnostics.js";
import { looksSecret } from "./secrets.js";

function printed(text: string): string {
  const { diagnostics } = loadDocument("w.yml", memoryReader({ "w.yml": text }));
  expect(diagnostics.length).toBeGreaterThan(0);
  return JSON.stringify(diagnostics) + renderDiagnostics(diagnostics, { color: false, width: 200, all: true });
}

test.each([
  "password",
  "api_key",
  "apiKey",
  "DB_PASSWORD",
  "client_secret",
  "accessToken",
  "Authorization",
  "private-key",
  "x-token",
  "credentials",
])("secrets: %s looks secret", (key) => expect(looksSecret(key)).toBe(true));

test.each(["key", "keys", "keyboard", "max_tokens", "tokenizer", "secretary", "primary_key", "author", "passage"])(
  "secrets: %s does not look secret",
  (key) => expect(looksSecret(key)).toBe(false),
);

const start = "name: x\nsteps:\n  a:\n    class: X\n    config:\n";

test.each([
  ["on the line of the fault", `${start}      { api_key: hunter2hunter2, a: 1, a: 2 }\n`],
  ["quoted", `${start}      { "password": "hunter2hunter2", a: 1, a: 2 }\n`],
  ["as the faulty value itself", `${start}      password: !!str hunter2hunter2\n`],
  [
    "as a faulty setting",
    "name: x\nsteps: { a: { class: X, config: { password: 1 } } }\nmonitoring: { token: hunter2hunter2 }\n",
  ],
  [
    "on the line before",
    `${start}      token: hunter2hunter2\n      a: 1\n      a: 2\n`.replace(
      "a: 1\n      ",
      "a: 1\n      token2: x\n      ",
    ),
  ],
  ["just before", `${start}      a: 1\n      secret: hunter2hunter2\n      a: 2\n`],
  ["in a block", `${start}      private_key: |\n        hunter2hunter2\n      a: 1\n      private_key: x\n`],
  ["in a list", `${start}      a: 1\n      credentials: [hunter2hunter2]\n      a: 2\n`],
  ["in a map", `${start}      a: 1\n      credentials: { user: hunter2hunter2 }\n      a: 2\n`],
  ["by an alias", `x-k: &k hunter2hunter2\nx-k: 5\n${start}      api_key: *k\n`],
  ["as a default", `${start}      a: 1\n      url: "\${API_KEY:-hunter2hunter2}"\n      a: 2\n`],
  ["in an address", `${start}      a: 1\n      url: https://me:hunter2hunter2@example.org\n      a: 2\n`],
  ["as a bearer", `${start}      a: 1\n      header: Bearer hunter2hunter2\n      a: 2\n`],
  ["in a file that cannot be parsed", `${start}      a: [\n      password: hunter2hunter2\n  b: @x\n`],
  ["unclosed", `${start}      password: "hunter2hunter2\n`],
])("secrets: a value %s is masked", (_title, text) => {
  expect(printed(text)).not.toContain("hunter2");
});

test("secrets: a long number under a secret key is not quoted in the message", () => {
  expect(printed(`${start}      pin_code: 1\n      password: 99999999999999999999\n`)).not.toContain("99999999");
});

test("secrets: references show where a secret is kept", () => {
  const text = `${start}      token: "\${secret:KEY}"\n      a: 1\n      a: 2\n`.replace(
    "a: 1\n      ",
    "a: 1\n      token: 2\n      ",
  );
  expect(printed(text.replace("token: 2\n      ", ""))).toContain("a: 2");
  expect(printed(`${start}      token: "\${secret:K EY}"\n`)).toContain("names no secret");
});
