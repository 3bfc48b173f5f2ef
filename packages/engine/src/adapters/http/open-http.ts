import type { Http, HttpRecordings, HttpSurroundings, OpenHttp } from "../../contracts/http.js";
import { guardedHttp } from "./guarded-http.js";
import type { RecordedHttp } from "./record-http.js";

/** Names of files with what told them apart before a recording began: those that it replaces. */
export type OlderFiles = { readonly [path: string]: string };

/** The network, or recordings of it: plain data, which lanes are given, too. The recorder is loaded with the first request. */
export function openHttp(recordings: (HttpRecordings & { readonly older?: OlderFiles }) | undefined): OpenHttp {
  if (recordings === undefined) return guardedHttp;
  let recorder: Promise<RecordedHttp> | undefined;
  const loaded = (around: HttpSurroundings): Promise<Http> => {
    recorder ??= import("./record-http.js").then(({ recordHttp }) => recordHttp(recordings.folder, recordings));
    return recorder.then(({ open }) => open(around));
  };
  return (around) => ({
    fetch: async (request) => (await loaded(around)).fetch(request),
    open: async (request) => (await loaded(around)).open(request),
  });
}
