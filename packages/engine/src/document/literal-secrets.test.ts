import { describe, expect, it } from "vitest";
import { literalSecrets } from "./literal-secrets.js";

const fields = ["api_key", "headers", "env"];
const places = (config: object): readonly string[] =>
  literalSecrets(config as never, fields).map(({ path, texts }) => `${path.join(".")}=${texts.join(",")}`);

describe("literal secrets", () => {
  it("in fields for secrets, at any depth: any text that is no reference", () => {
    expect(places({ api_key: "hunter2hunter2" })).toEqual(["api_key=hunter2hunter2"]);
    expect(places({ agent: { config: { endpoints: [{ api_key: "abcdef" }] } } })).toEqual([
      "agent.config.endpoints.0.api_key=abcdef",
    ]);
    expect(places({ headers: { Authorization: "Bearer abcdefgh", Accept: "text/html" } })).toEqual([
      "headers.Authorization=abcdefgh",
    ]);
    expect(places({ env: { DB_PASSWORD: "correct-horse", LANG: "en_GB.UTF-8" } })).toEqual([
      "env.DB_PASSWORD=correct-horse",
    ]);
  });

  it("elsewhere: what has the shape of a key, a token or an address with a password", () => {
    const key = ["sk", "proj", "a1b2c3d4e5f6g7h8"].join("-");
    expect(places({ prompt: `use ${key} now` })).toEqual([`prompt=${key}`]);
    expect(places({ url: "postgres://me:opensesame@host/db" })).toEqual(["url=opensesame"]);
  });

  it.each([
    ["a reference", { api_key: "${secret:KEY}" }],
    ["a reference behind a word", { headers: { Authorization: "Bearer ${secret:KEY}" } }],
    ["what is filled in later", { api_key: "{{ key }}" }],
    ["a placeholder", { api_key: "none" }],
    ["a name of a secret-looking field elsewhere", { mapping: { token: "some_other_field" } }],
    ["words with the beginning of a key", { text: "sk-learn-classifiers and pk_of_the_table, Bearer authentication" }],
    ["numbers", { max_tokens: 100_000, tokens: 5 }],
  ])("not %s", (_what, config) => {
    expect(places(config)).toEqual([]);
  });
});
