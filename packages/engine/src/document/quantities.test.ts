import { expect, test } from "vitest";
import { durationMs, sizeBytes } from "./quantities.js";

test.each([
  ["90s", 90_000],
  ["5m", 300_000],
  ["2h", 7_200_000],
  ["1d", 86_400_000],
  ["250ms", 250],
  ["1.5h", 5_400_000],
  ["1h30m", 5_400_000],
  ["1h 30m", 5_400_000],
  ["60", 60_000],
  ["5 parsecs", undefined],
  ["", undefined],
  ["h", undefined],
  ["1e3s", undefined],
])("durations: %s is %s ms", (text, expected) => expect(durationMs(text)).toBe(expected));

test.each([
  ["512MB", 512_000_000],
  ["2GiB", 2_147_483_648],
  ["1kb", 1000],
  ["1 KiB", 1024],
  ["1.5TB", 1_500_000_000_000],
  ["100", 100],
  ["7 B", 7],
  ["5 apples", undefined],
  ["1iB", undefined],
  ["-1MB", undefined],
  ["", undefined],
])("sizes: %s is %s bytes", (text, expected) => expect(sizeBytes(text)).toBe(expected));
