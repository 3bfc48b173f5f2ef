import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import type { LookupFunction } from "node:net";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { type CheckedAddress, shownUrl } from "./http-address.js";

export type Exchange = {
  readonly method: string;
  readonly url: URL;
  readonly headers: { readonly [name: string]: string };
  readonly body: Uint8Array | undefined;
  readonly addresses: readonly CheckedAddress[];
  readonly signal: AbortSignal;
};

const maxHeaderBytes = 64 * 1024;

/** Sends one request to one of the checked addresses and resolves with the head of its answer. No proxy, no redirect, no kept connection. */
export async function exchange(sent: Exchange): Promise<IncomingMessage> {
  const options: RequestOptions = {
    method: sent.method,
    headers: {
      ...sent.headers,
      ...(sent.body === undefined ? {} : { "content-length": String(sent.body.byteLength) }),
    },
    lookup: answering(sent.addresses),
    maxHeaderSize: maxHeaderBytes,
    insecureHTTPParser: false,
    signal: sent.signal,
  };
  const open = await opener(sent.url);
  return new Promise((resolve, reject) => {
    const request = open(options);
    request.once("response", resolve);
    request.once("error", reject);
    request.once("upgrade", (_head, socket) => {
      socket.destroy();
      reject(nanobrainError("E_HTTP_BODY", { url: shownUrl(sent.url), what: "it switches to another protocol" }));
    });
    request.end(sent.body);
  });
}

/** Loads what the scheme needs, and no more: TLS alone costs as much as everything else here. */
async function opener(url: URL): Promise<(options: RequestOptions) => ClientRequest> {
  if (url.protocol === "https:") {
    const { Agent, request } = await import("node:https");
    return (options) => request(url, { ...options, agent: new Agent({ keepAlive: false, rejectUnauthorized: true }) });
  }
  const { Agent, request } = await import("node:http");
  return (options) => request(url, { ...options, agent: new Agent({ keepAlive: false }) });
}

/** The look-up that the connection makes is answered with what was checked; nobody is asked a second time. */
function answering(addresses: readonly CheckedAddress[]): LookupFunction {
  return (_host, options, callback) => {
    const first = addresses[0];
    if (options.all === true) callback(null, [...addresses]);
    else callback(null, first?.address ?? "", first?.family ?? 0);
  };
}
