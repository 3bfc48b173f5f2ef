import type { z } from "zod";
import type { ConfigProblem, StepPorts, Zod } from "../../contracts/component.js";
import type { JsonObject } from "../../contracts/json.js";
import { hostEntryFault, readUrl } from "../../network/http-address.js";
import { duration } from "../triggers/trigger-parts.js";
import { referredInputs } from "./interpolate.js";
import { textFormats } from "./parse-text.js";
import { size } from "./world/amounts.js";
import { ownHeaders } from "./world/http-message.js";

export function httpConfig(zod: Zod): z.ZodType {
  return zod.strictObject({
    url: zod
      .string()
      .min(1)
      .describe(
        "Address, http or https. `{{ port }}` in it is percent-encoded; at its start it may be a whole address.",
      ),
    method: zod.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]).default("GET").describe("Method."),
    headers: zod
      .record(zod.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "Expected a header name"), zod.string())
      .default({})
      .describe("Headers. The place for `${secret:NAME}`; they are not sent on to another host."),
    body: zod
      .unknown()
      .optional()
      .describe("Data (sent as JSON), text, or `{{ port }}`. Default: the port `body`, if it has a value."),
    parse: zod
      .enum(["auto", ...textFormats, "file"])
      .default("auto")
      .describe("How the answer is read; auto: by its content type (json, text, else a file)."),
    allow_hosts: zod
      .array(zod.string())
      .default([])
      .describe("Hosts, or `host:port`, that may be reached although they are private: loopback, local network."),
    ok_status: zod
      .array(zod.number().int().min(200).max(599))
      .min(1)
      .optional()
      .describe("Statuses that mean success. Default: 200 to 299."),
    max_redirects: zod.number().int().min(0).max(5).default(5).describe("Most redirects that are followed."),
    max_bytes: size(zod).default(10_485_760).describe("Largest answer, decompressed."),
    headers_timeout: duration(zod).default(30).describe("Longest wait for the head of an answer."),
    idle_timeout: duration(zod).default(30).describe("Longest wait for the next part of an answer."),
    total_timeout: duration(zod).default(600).describe("Longest time of the whole call, redirects included."),
  });
}

export function httpPorts(config: JsonObject): StepPorts {
  const { url = null, headers = null, body } = config;
  const named = referredInputs([url, headers, body ?? null]);
  return {
    inputs: {
      ...(body === undefined ? { body: { optional: true } } : {}),
      ...Object.fromEntries(named.map((port) => [port, {}])),
    },
    outputs: { body: {}, status: { schema: { type: "integer" } }, headers: { schema: { type: "object" } } },
    openInputs: true,
    openOutputs: false,
  };
}

/** What the schema cannot say. */
export function httpProblems(config: JsonObject): readonly ConfigProblem[] {
  const { url, headers, allow_hosts, method, body } = config;
  const hosts = (allow_hosts ?? []) as readonly string[];
  const names = Object.keys((headers ?? {}) as JsonObject);
  const lower = names.map((name) => name.toLowerCase());
  return [
    ...urlProblems(String(url)),
    ...hosts.flatMap((entry, at) => {
      const fault = hostEntryFault(entry);
      return fault === undefined
        ? []
        : [{ path: ["allow_hosts", at], code: "E_URL", message: `${JSON.stringify(entry)} is no host: ${fault}` }];
    }),
    ...names.flatMap((name, at) => {
      const path = ["headers", name];
      if (ownHeaders.includes(name.toLowerCase()))
        return [{ path, code: "E_CONFLICT", message: `Header ${name} is set by the engine` }];
      return lower.indexOf(name.toLowerCase()) === at
        ? []
        : [{ path, code: "E_CONFLICT", message: `Header ${name} is there twice` }];
    }),
    ...(body !== undefined && (method === "GET" || method === "HEAD")
      ? [{ path: ["body"], code: "E_CONFLICT", message: `A ${method} takes no body`, hint: "set method: POST" }]
      : []),
  ];
}

/** An address that starts with a reference is looked at when it is filled in; else scheme and host are the document's own. */
function urlProblems(url: string): readonly ConfigProblem[] {
  const path = ["url"];
  if (/^\s*\{\{/.test(url) || url.includes("${secret:")) return [];
  const host = /^[a-z]+:\/\/[^/?#]*/i.exec(url)?.[0] ?? url;
  if (host.includes("{{"))
    return [
      {
        path,
        code: "E_URL",
        message: "The host of an address may hold no {{ port }}",
        hint: 'give the whole address on a port: url: "{{ address }}"',
      },
    ];
  try {
    readUrl(url.replace(/\{\{[^{}]*\}\}/g, "x"));
    return [];
  } catch (error) {
    return [{ path, code: "E_URL", message: error instanceof Error ? error.message : "The address cannot be read" }];
  }
}
