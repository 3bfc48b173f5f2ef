/** A request. What is left out: GET, no headers, no body, the limits of HttpStep. */
export type HttpRequest = {
  readonly method?: string;
  readonly url: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: Uint8Array | string;
  /** Hosts, or `host:port`, that may be reached although their addresses are private. Only what the document's author wrote. */
  readonly allowHosts?: readonly string[];
  readonly headersTimeoutMs?: number;
  /** Longest wait for the next part of the answer. */
  readonly idleTimeoutMs?: number;
  readonly totalTimeoutMs?: number;
  /** Of the answer's body, before and after decompressing. */
  readonly maxBytes?: number;
  readonly maxRedirects?: number;
  /** Besides the one of the attempt. */
  readonly signal?: AbortSignal;
};

export type HttpHead = {
  /** After redirects. */
  readonly url: URL;
  readonly status: number;
  /** Names in small letters; without cookies. */
  readonly headers: { readonly [name: string]: string };
  /** It came out of a recording: nobody was asked, so nobody has to be spared. */
  readonly isReplayed?: true;
};

export type HttpAnswer = HttpHead & { readonly bytes: Uint8Array };

/** `body`: in parts as they arrive, decompressed; it throws when the answer breaks off, is late or too large. */
export type HttpStream = HttpHead & { readonly body: AsyncIterable<Uint8Array> };

/**
 * The network as steps see it: http and https, public addresses only unless listed, each redirect checked, everything bounded.
 * Any status is an answer. Throws failures of `E_HTTP_...`. Or recordings: then nothing is sent.
 */
export interface Http {
  fetch(request: HttpRequest): Promise<HttpAnswer>;
  /** Resolves with the head. */
  open(request: HttpRequest): Promise<HttpStream>;
}

/** What its network must know of an attempt. */
export type HttpSurroundings = {
  /** Aborts with the attempt, and when it has ended. */
  readonly signal: AbortSignal;
  /** Values that are neither sent on to another host nor recorded. */
  readonly secrets: readonly string[];
};

/** The network of one attempt. */
export type OpenHttp = (around: HttpSurroundings) => Http;

/**
 * HTTP out of a folder, or into it. `record`: asks the services and keeps what they answer; `replay`: answers from the folder only,
 * what is not there fails with E_RECORDING; `auto`: answers from the folder, else records.
 */
export type HttpRecordings = { readonly mode: "record" | "replay" | "auto"; readonly folder: string };
