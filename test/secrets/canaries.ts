/** A secret that must appear nowhere, by what is hard about it. */
export type Canary = {
  readonly name: string;
  readonly value: string;
  readonly source: "environment" | "folder" | "dotenv";
};

const pem = [
  "-----BEGIN SECRET KEY-----",
  "mQINBGabcdefGHIJKLmnop0123456789+/qrstUVWXyz",
  "ZyXwVuTs9876543210/+",
  "-----END",
];

/** Each holds letters of its own, so that a hit names it. */
const values: { readonly [trait: string]: string } = {
  PLAIN: "cnry01Zq8vXk3LmPw7RtYb5NhJ2",
  SHORT: "q#7Z!",
  QUOTES: `cnry03 "double" 'single' \`back\``,
  LINES: `${pem.join("\n")}\ncnry04 last line`,
  UNICODE: "cnry05 pässwörd ключ 鍵 🔑🦉",
  LONG: Array.from({ length: 120 }, (_, n) => `cnry06-${(n * 7919).toString(36)}`).join("."),
  DIGITS: "907160738491",
  BACKSLASHES: "cnry08\\n\\\\t\\u0041\\",
  MARKUP: 'cnry09<b>&amp;</b>&lt;"x"',
  BLANKS: "  cnry10 with blanks around  ",
  PATTERN: "cnry11$&^.*+?()[]{}|",
  PERCENT: "cnry12%41%zz%25+plus and space",
  BASE64: "Y25yeTEzKysvLy8vPT0+Pj4/Pz8/cnry13==",
  JSON: '{"cnry14":"v","n":[1,2]}',
  URL: "https://user:cnry15@db.example.org/x?a=b&c=d#e",
  RETURNS: "cnry16 first part\r\ncnry16 second part",
  TABS: "cnry17\twith\ttabs",
  JWT: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjbnJ5MTgifQ.s5Zc1x2_cnry18-Q",
  REFERENCE: "cnry19 ${HOME} ${secret:PLAIN} $HOME",
  STARS: "cnry20***and***more",
  MARKS: "cnry21 e\u0301\u0300 a\u0308",
  BRACES: "cnry22 {{ nothing }} {% raw %}",
  SHELL: `cnry23'$(id)'";|&`,
  SLASHES: "cnry24/a/b/../c",
  EQUALS: "cnry25=a==b===",
  HEX: "636e7279323663616e617279cnry26",
};

export const canaries: readonly Canary[] = Object.entries(values).map(([name, value], n) => ({
  name,
  value,
  // A .env file has no way to write every text; a file of the folder loses its last line break only.
  source: n % 3 === 1 ? "folder" : n === 6 || n === 15 ? "dotenv" : "environment",
}));

/** Those that may stand in a header: visible ASCII. */
export const forHeaders: readonly Canary[] = canaries.filter(({ value }) => /^[!-~]([ -~]*[!-~])?$/.test(value));
