import type { FailureKind } from "../contracts/failure.js";

const network = [
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETRESET",
  "ENETUNREACH",
  "ENOTCONN",
  "EPIPE",
  "ETIMEDOUT",
  "ESOCKETTIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "EAI_NODATA",
  "ERR_SOCKET_CLOSED",
  "ERR_SOCKET_CONNECTION_TIMEOUT",
  "ERR_STREAM_PREMATURE_CLOSE",
  "UND_ERR_SOCKET",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
];
const resource = ["EAGAIN", "EDQUOT", "EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "ENOSPC"];
const configuration = [
  "EACCES",
  "EPERM",
  "EROFS",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
];

const kinds = new Map<string, FailureKind>([
  ...network.map((code) => [code, "network"] as const),
  ...resource.map((code) => [code, "resource"] as const),
  ...configuration.map((code) => [code, "configuration"] as const),
]);

/** The failure kind that a Node error code stands for; undefined: it says nothing about recovery. */
export function kindOfNodeCode(code: string): FailureKind | undefined {
  return kinds.get(code);
}

/** The failure kind of an HTTP status that an error of a client library carries. */
export function kindOfHttpStatus(status: number): FailureKind | undefined {
  return status === 408 || status === 425 || status === 429 || (status >= 500 && status <= 599) ? "network" : undefined;
}
