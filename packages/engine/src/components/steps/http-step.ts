import type { StepCall, StepContext, StepDefinition } from "../../contracts/component.js";
import type { HttpAnswer, HttpRequest } from "../../contracts/http.js";
import type { Json, JsonObject } from "../../contracts/json.js";
import { statusFault } from "../../network/http-faults.js";
import { type SecretMask, secretMask } from "../../values/secret-mask.js";
import { httpConfig, httpPorts, httpProblems } from "./http-config.js";
import { interpolate } from "./interpolate.js";
import { bytesOf, millisecondsOf } from "./world/amounts.js";
import {
  type AnswerParse,
  bodyValue,
  type RecordedAnswer,
  recordedAnswer,
  requestBody,
  requestHeaders,
} from "./world/http-message.js";

const docs = `Calls a service over http or https.

- Only public addresses are reached. A private one (loopback, local network, metadata services) is reached if \`allow_hosts\` names
  its host. Every address that the host resolves to is checked, also after each redirect; proxies of the environment are not used.
- A redirect to another origin takes no headers along except harmless ones.
- 408, 425, 429, 5xx and broken connections are tried again, after the pause that the service asks for; other statuses outside
  \`ok_status\` fail for good.
- Methods other than GET, HEAD and OPTIONS send an \`Idempotency-Key\` (the same on every attempt) unless the headers set
  one, and their answer is recorded: a call that was answered is not sent again after a crash.
- Output ports: \`body\`, \`status\`, \`headers\` (without cookies).

\`\`\`yaml
ask:
  class: HttpStep
  config:
    url: "https://api.example.org/search?q={{ query }}"
    headers: { authorization: "Bearer \${secret:API_TOKEN}" }
\`\`\``;

const safeMethods = ["GET", "HEAD", "OPTIONS"];
const shownBytes = 2_000;
const shownLength = 500;

export const httpStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.core.step.HttpStep",
  version: "1",
  summary: "Calls a service over http or https, public addresses only unless listed.",
  docs,
  config: httpConfig,
  ports: httpPorts,
  effects: true,
  secretFields: ["headers"],
  executor: "local",
  check: async (config) => httpProblems(config),
  run,
};

async function run({ config, inputs, context }: StepCall): Promise<{ readonly [port: string]: Json }> {
  const parse = (config["parse"] ?? "auto") as AnswerParse;
  const call = async (): Promise<RecordedAnswer> => {
    const method = methodOf(config);
    const answer = await context.http.fetch(await requestOf(config, inputs, context));
    context.log("debug", `${method} ${answer.url.origin}${answer.url.pathname}: ${answer.status}`);
    if (!isOk(answer.status, config["ok_status"]))
      throw statusFault(method, { ...answer, start: startOf(answer, secretMask(context.secrets)) }, Date.now());
    return recordedAnswer(answer, parse, context);
  };
  const answer = safeMethods.includes(methodOf(config)) ? await call() : await context.effect("http", call);
  const body = bodyValue(answer, parse, (text) => context.log("warn", text));
  return { body, status: answer.status, headers: answer.headers };
}

function methodOf(config: JsonObject): string {
  return String(config["method"] ?? "GET");
}

async function requestOf(config: JsonObject, inputs: StepCall["inputs"], context: StepContext): Promise<HttpRequest> {
  const {
    url,
    headers,
    body = inputs["body"],
  } = interpolate(
    pick(config, ["url", "headers", "body"]),
    inputs,
    { url: "url", body: "body" },
    Object.values(context.secrets),
  );
  const method = methodOf(config);
  const sent = method === "GET" || method === "HEAD" ? undefined : await requestBody(body, context);
  return {
    method,
    url: String(url),
    headers: {
      ...(safeMethods.includes(method) ? {} : { "idempotency-key": context.idempotencyKey }),
      ...(sent === undefined ? {} : { "content-type": sent.mediaType }),
      ...requestHeaders(headers, String(url)),
    },
    ...(sent === undefined ? {} : { body: sent.bytes }),
    allowHosts: (config["allow_hosts"] ?? []) as readonly string[],
    headersTimeoutMs: millisecondsOf(config["headers_timeout"], 30_000),
    idleTimeoutMs: millisecondsOf(config["idle_timeout"], 30_000),
    totalTimeoutMs: millisecondsOf(config["total_timeout"], 600_000),
    maxBytes: bytesOf(config["max_bytes"], 10_485_760),
    maxRedirects: Number(config["max_redirects"] ?? 5),
  };
}

function pick(config: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.flatMap((key) => (config[key] === undefined ? [] : [[key, config[key] as Json]])));
}

function isOk(status: number, listed: Json | undefined): boolean {
  return Array.isArray(listed) ? listed.includes(status) : status >= 200 && status < 300;
}

/** The beginning of an answer's text, where services say what was wrong. */
function startOf(answer: HttpAnswer, mask: SecretMask | undefined): string {
  const start = Buffer.from(answer.bytes.subarray(0, shownBytes)).toString("utf8");
  // Before it is cut: a piece of a secret is not known as one.
  const text = (mask?.cut(start) ?? start).replace(/\s+/g, " ").trim();
  if (text === "") return "it said nothing";
  return text.length > shownLength ? `${text.slice(0, shownLength)} ...` : text;
}
