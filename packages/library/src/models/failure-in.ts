import type { NanobrainError } from "@nanobrain/engine";

/** The failure that an error is. It is told by its name, as the engine may be loaded twice, from its files and from a bundle of them. */
export function failureIn(error: unknown): NanobrainError | undefined {
  const isOurs = error instanceof Error && error.name === "NanobrainError" && "code" in error && "traits" in error;
  return isOurs ? (error as NanobrainError) : undefined;
}
