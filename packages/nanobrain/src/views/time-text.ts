import { durationText } from "@nanobrain/engine";

/** `5m 02s ago`; for other days their date and time, in the zone of the reader. */
export function agoText(at: number, now: number): string {
  const ms = now - at;
  return ms < 86_400_000 ? `${durationText(Math.max(1000, ms))} ago` : localTime(at);
}

/** `2026-11-23 14:05:09`, in the zone of the reader. */
export function localTime(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
