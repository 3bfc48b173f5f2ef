import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { across, spellingsOf } from "./world/spellings.mjs";

export type EchoServer = { readonly url: string; readonly asked: () => number; close(): void };

/** A service that tells back whatever it is told, in every spelling; on loopback. */
export async function startEcho(): Promise<EchoServer> {
  let asked = 0;
  const server: Server = createServer((request, response) => {
    asked++;
    void answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked: () => asked, close: () => server.closeAllConnections() };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const path = request.url?.split("?")[0];
  const told = valuesOf(body, request);
  const spelt = told.map((value) => ({ ...spellingsOf(value), [value]: 1 }));
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => name.startsWith("x-canary")));
  const say = (status: number, text: string, more: { readonly [name: string]: string } = {}): void => {
    response.writeHead(status, { ...headers, "content-type": "application/json", ...more }).end(text);
  };
  if (path === "/keys") say(200, JSON.stringify(Object.fromEntries(told.map((value) => [value, { [value]: value }]))));
  else if (path === "/refuse") say(400, told.join(" "));
  else if (path === "/fail") say(503, JSON.stringify(spelt), { "retry-after": "0" });
  else if (path === "/redirect") response.writeHead(307, { location: `/echo${request.url?.slice(9) ?? ""}` }).end();
  else if (path === "/away")
    response.writeHead(307, { location: `http://127.0.0.2:9/${encodeURIComponent(told[0] ?? "")}` }).end();
  else if (path === "/text") say(200, [body, request.url, ...told].join("\n"), { "content-type": "text/plain" });
  else if (path === "/cut") say(400, across(told[0] ?? "", 500));
  else say(200, JSON.stringify({ body, url: request.url, headers: request.headers, spelt }));
}

function valuesOf(body: string, request: IncomingMessage): readonly string[] {
  const query = [...new URL(request.url ?? "/", "http://x").searchParams.values()];
  try {
    return [...Object.values(JSON.parse(body) as { readonly [name: string]: string }), ...query];
  } catch {
    return query;
  }
}
