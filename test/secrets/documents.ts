import { canaries, forHeaders } from "./canaries.js";

const quoted = (text: string): string => JSON.stringify(text);
const mapOf = (prefix: string, names: readonly string[]): string =>
  `{ ${names.map((name) => `${prefix}${name}: ${quoted(`\${secret:${name}}`)}`).join(", ")} }`;

const names = canaries.map(({ name }) => name);
const all = mapOf("", names);
const variables = mapOf("CANARY_", names);
const headers = mapOf(
  "x-canary-",
  forHeaders.map(({ name }) => name),
);

/** Ways of the step `Leak` that end by themselves. */
const ways = [
  ...["out", "log", "print", "progress", "effect", "emit", "throw", "retry", "cause", "details", "object", "stack"],
  ...["uncaught", "rejected", "exit", "port", "refused"],
];

const head = (name: string): string =>
  `name: ${name}\nx-all: &all ${all}\nerror_handling: continue\nerror_handling_config: { retry_delay: 0.01, max_retries: 1 }\n`;

const leak = (way: string): string => `{ class: "./leak.ts#Leak", config: { way: ${way}, secrets: *all } }`;

const leaks = (executor: string): string =>
  `${head(`leaks-${executor}`)}executor: ${executor}\noutput_data_units:\n  told: { class: DataUnitMemory, merge: collect }\nsteps:\n${ways
    .map((way) => `  ${way}: ${leak(way)}\n`)
    .join(
      "",
    )}  after: { class: FunctionStep, config: { function: "./leak.ts#fail" }, inputs: { value: { from: out.out } } }
links:
${ways.map((way) => `  l_${way}: { class: DirectLink, config: { source: ${way}.out, target: told } }\n`).join("")}`;

const commands = `${head("commands")}steps:
${["ok", "fail", "cut"]
  .map(
    (mode) => `  ${mode}:
    class: CommandStep
    config: { command: [node, program.mjs, ${mode}], cwd: ., stdin: *all, env: ${variables}, parse: ${mode === "ok" ? "json" : "text"} }
`,
  )
  .join("")}  shell: { class: CommandStep, config: { shell: true, command: "env; env >&2; exit 1", env: ${variables} } }
  flood: { class: CommandStep, config: { shell: true, command: "while :; do env; done", max_output: 20000, env: ${variables} } }
  slow: { class: CommandStep, timeout: 0.5, config: { shell: true, command: "env >&2; sleep 60", env: ${variables} } }
`;

const http = (url: string): string => `${head("http")}steps:
${["echo", "keys", "refuse", "fail", "redirect", "away", "text", "cut"]
  .map(
    (path) => `  ${path}:
    class: HttpStep
    config: { url: "${url}/${path}?q=\${secret:PLAIN}&r=\${secret:BASE64}", method: POST, headers: ${headers}, body: *all, allow_hosts: [127.0.0.1], max_bytes: 64MB, total_timeout: 20s }
`,
  )
  .join("")}  looked: { class: HttpStep, config: { url: "${url}/keys?q=\${secret:PLAIN}", allow_hosts: [127.0.0.1] } }
  nobody: { class: HttpStep, config: { url: "http://127.0.0.1:9/\${secret:PLAIN}/\${secret:QUOTES}", headers: ${headers}, allow_hosts: [127.0.0.1] } }
  private: { class: HttpStep, config: { url: "http://10.0.0.1/\${secret:PLAIN}?\${secret:LONG}", headers: ${headers} } }
  host: { class: HttpStep, config: { url: "http://\${secret:PLAIN}.invalid/" } }
  header: { class: HttpStep, config: { url: "${url}/echo", headers: { x-bad: "\${secret:LINES}" }, allow_hosts: [127.0.0.1] } }
`;

const queue = `${head("queue")}execution_strategy: event_driven
output_data_units:
  dead: { class: DataUnitMemory, merge: collect }
steps:
  source: ${leak("emit")}
  sink: { class: FunctionStep, config: { function: "./leak.ts#fail" } }
links:
  line: { class: QueueLink, config: { source: source.out, targets: [sink.value], max_deliveries: 2 } }
  dead: { class: DirectLink, config: { source: line.dead_letters, target: dead } }
`;

const undone = (url: string): string =>
  `${head("undone")}${hooks(url)}steps:
  book:
    class: "./leak.ts#Leak"
    config: { way: out, secrets: *all }
    on_rollback: { class: "./leak.ts#Leak", config: { way: log, secrets: *all } }
  book2:
    class: "./leak.ts#Leak"
    config: { way: out, secrets: *all }
    on_rollback: { class: "./leak.ts#Leak", config: { way: throw, secrets: *all } }
  pay:
    class: "./leak.ts#Leak"
    error_handling: rollback
    max_retries: 1
    config: { way: throw, secrets: *all }
    inputs: { in: { from: [book.out, book2.out], merge: list } }
`.replace("error_handling: continue\n", "error_handling: rollback\n");

const hooks = (
  url: string,
): string => `on_success: { class: HttpStep, config: { url: "${url}/echo", method: POST, body: *all, headers: ${headers}, allow_hosts: [127.0.0.1] } }
on_failure: { class: "./leak.ts#Leak", config: { way: throw, secrets: *all } }
on_pause: { class: HttpStep, config: { url: "${url}/refuse", method: POST, body: *all, allow_hosts: [127.0.0.1] } }
`;

const asking = `${head("asking")}steps:\n  ask: ${leak("ask")}\n  more: ${leak("out")}\n`;

const hanging = (url: string): string => `${head("hanging")}${hooks(url)}steps:
  hang: ${leak("hang")}
  lone: { class: "./leak.ts#Leak", executor: process, config: { way: hang, secrets: *all } }
  program: { class: CommandStep, config: { shell: true, command: "env; env >&2; touch hangs-program; while [ ! -e go ]; do sleep 0.1; done", cwd: ., env: ${variables} } }
`;

const nested = `${head("nested")}steps:
  each: { class: Workflow, config: inner.yml, for_each: { over: items, as: item }, inputs: { items: [1, 2] } }
  check: { class: ValidateStep, config: { items: { type: string, enum: ["\${secret:PLAIN}"] } }, inputs: { rows: { from: rows.stdout } } }
  rows: { class: CommandStep, config: { shell: true, command: "printf '[1,\\"%s\\"]' \\"$P\\"", parse: json, env: { P: "\${secret:PLAIN}" } } }
  missing: { class: HttpStep, config: { url: "https://example.org/", headers: { x: "\${secret:NOT_THERE}" } } }
`;
const inner = `name: inner\nx-all: &all ${all}\nerror_handling: continue\ninput_data_units:\n  item: { class: DataUnitMemory }\noutput_data_units:\n  told: { class: DataUnitMemory }\nsteps:\n  leak: { class: "./leak.ts#Leak", config: { way: out, secrets: *all }, inputs: { in: { from: item } } }\nlinks:\n  l: { class: DirectLink, config: { source: leak.out, target: told } }\n`;

/** Not run: its faults are shown with the lines they are on. */
const broken = `name: broken
steps:
  a:
    class: HttpStep
    api_key: cnryB1Zq8vXk3LmPw7RtYb5
    config:
      url: [https://user:cnryB2Zq8vXk3LmPw7@example.org/]
      headers: { authorization: "Bearer cnryB3Zq8vXk3LmPw7", x: [1] }
      password: "cnryB4 with 'quotes'"
  b: { class: CommandStep, config: { command: [x], env: { DB_PASSWORD: [cnryB5Zq8vXk3LmPw7], CLIENT_SECRET: 5, a: sk-proj-cnryB6Zq8vXk3LmPw7RtYb5 } } }
  c: { class: CommandStep, config: { command: "\${DB_TOKEN:-cnryB7Zq8vXk3LmPw7}", token: { x: cnryB8Zq8vXk3LmPw7 } }
`;
export const literals = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `cnryB${n}`);

/** Documents that hand every canary to everything that takes secrets. */
export function documents(url: string): { readonly [path: string]: string } {
  return {
    "thread.yml": leaks("thread"),
    "process.yml": leaks("process"),
    "commands.yml": commands,
    "http.yml": http(url),
    "queue.yml": queue,
    "undone.yml": undone(url),
    "asking.yml": asking,
    "hanging.yml": hanging(url),
    "nested.yml": nested,
    "inner.yml": inner,
    "broken.yml": broken,
  };
}
