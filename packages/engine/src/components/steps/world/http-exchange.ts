import { type IncomingMessage, Agent as PlainAgent, request as plainRequest, type RequestOptions } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { nanobrainError } from "../../../errors/nanobrain-error.js";
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
export function exchange(sent: Exchange): Promise<IncomingMessage> {
  const secure = sent.url.protocol === "https:";
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
    agent: secure
      ? new SecureAgent({ keepAlive: false, rejectUnauthorized: true })
      : new PlainAgent({ keepAlive: false }),
  };
  return new Promise((resolve, reject) => {
    const request = (secure ? secureRequest : plainRequest)(sent.url, options);
    request.once("response", resolve);
    request.once("error", reject);
    request.once("upgrade", (_head, socket) => {
      socket.destroy();
      reject(nanobrainError("E_HTTP_BODY", { url: shownUrl(sent.url), what: "it switches to another protocol" }));
    });
    request.end(sent.body);
  });
}

/** The look-up that the connection makes is answered with what was checked; nobody is asked a second time. */
function answering(addresses: readonly CheckedAddress[]): LookupFunction {
  return (_host, options, callback) => {
    const first = addresses[0];
    if (options.all === true) callback(null, [...addresses]);
    else callback(null, first?.address ?? "", first?.family ?? 0);
  };
}
