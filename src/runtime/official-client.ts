// The official client of a libSQL server, a drop-in for db/server.ts: the same requests over the same connections.
import { createClient } from "@libsql/client/http";
import type { DatabaseClient } from "../../db/client.ts";
import { ServerRefusal } from "../../db/errors.ts";
import { serverUrl, type Send, type ServerAddress } from "../../db/server.ts";

export function createOfficialClient(
  { databaseUrl, databaseAuthToken }: ServerAddress,
  send: Send,
  onClose: () => void,
): DatabaseClient {
  const client = createClient({
    url: serverUrl(databaseUrl),
    ...(databaseAuthToken === undefined ? {} : { authToken: databaseAuthToken }),
    fetch: (request: Request) => answer(request, send),
  });
  return {
    protocol: "http",
    get closed() {
      return client.closed;
    },
    close: () => {
      client.close();
      onClose();
    },
    // Each request may go over another connection as it is.
    reconnect: async () => {},
    execute: (statement: string | { sql: string }) => client.execute(statement),
    batch: (statements, mode) => client.batch(statements, mode),
    migrate: (statements) => client.migrate(statements),
  };
}

async function answer(request: Request, send: Send): Promise<Response> {
  const { status, text } = await send(request.url, Object.fromEntries(request.headers), await request.text());
  // The client's own error forgets the status if the answer is JSON.
  if (status < 200 || status > 299) throw new ServerRefusal(status, text.trim());
  return new Response(text, { headers: { "content-type": "application/json" } });
}
