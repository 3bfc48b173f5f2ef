import { retryAfterMs } from "@nanobrain/engine/steps";

type Headers = { readonly [name: string]: string };

const mostMs = 3_600_000;

/** How long a service asks to wait, by its headers or else its words; at most an hour. Undefined: it does not say. */
export function toldWaitMs(headers: Headers, words: string, nowMs: number): number | undefined {
  const told =
    plainMs(headers["retry-after-ms"]) ??
    retryAfterMs(headers["retry-after"], nowMs) ??
    fractionMs(headers["retry-after"]) ??
    resetMs(headers, nowMs) ??
    spokenMs(words);
  return told === undefined ? undefined : Math.min(Math.max(Math.ceil(told), 0), mostMs);
}

function plainMs(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function fractionMs(text: string | undefined): number | undefined {
  const seconds = plainMs(text);
  return seconds === undefined ? undefined : seconds * 1000;
}

/** The latest moment at which something that is used up is there again. */
function resetMs(headers: Headers, nowMs: number): number | undefined {
  const waits = Object.entries(headers).flatMap(([name, text]) => {
    const [, before, of = ""] = /^(.*ratelimit-)(?:reset-?(.*)|.*)$/.exec(name) ?? [];
    if (before === undefined || !name.includes("reset")) return [];
    const remaining = headers[name.replace("reset", "remaining")] ?? headers[`${before}remaining${of && `-${of}`}`];
    if (remaining !== undefined && Number(remaining) > 0) return [];
    const wait = momentMs(text, nowMs);
    return wait === undefined ? [] : [wait];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/** `6m0s`, `1.5`, seconds or milliseconds since 1970, or an ISO moment. */
function momentMs(text: string, nowMs: number): number | undefined {
  const number = plainMs(text);
  if (number !== undefined) {
    if (number > 1e11) return number - nowMs;
    return number > 1e8 ? number * 1000 - nowMs : number * 1000;
  }
  const date = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? spanMs(text) : date - nowMs;
}

const unitsMs: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function spanMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g);
  return [...parts].reduce((sum, [, amount, unit = "s"]) => sum + Number(amount) * (unitsMs[unit] ?? 0), 0);
}

/** `Please try again in 1.2s`, `"retryDelay": "34s"`. */
function spokenMs(words: string): number | undefined {
  const [, span] = /(?:try again in|retryDelay"?\s*:\s*"?)\s*((?:\d+(?:\.\d+)?(?:ms|s|m|h))+)/i.exec(words) ?? [];
  return span === undefined ? undefined : spanMs(span);
}
