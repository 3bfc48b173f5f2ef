import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";

/** A token: what it is (see `state`), and its value or the failure of a refusal. */
export type Token = { readonly kind: number; readonly value: Handle | Failure | undefined };

/** Tokens of a slot in order of arrival, behind the first. Taking one costs O(1) on average. */
export type TokenRing = { items: Token[]; start: number };

export function pushToken(ring: TokenRing, token: Token): void {
  ring.items.push(token);
}

/** The oldest token; undefined: there is none. */
export function shiftToken(ring: TokenRing): Token | undefined {
  const token = ring.items[ring.start];
  if (token === undefined) return undefined;
  ring.start++;
  if (ring.start * 2 >= ring.items.length) {
    ring.items = ring.items.slice(ring.start);
    ring.start = 0;
  }
  return token;
}

export function isEmptyRing(ring: TokenRing): boolean {
  return ring.start >= ring.items.length;
}

/** For a checkpoint. Tokens are immutable. */
export function copyRing(ring: TokenRing): TokenRing {
  return { items: ring.items.slice(ring.start), start: 0 };
}
