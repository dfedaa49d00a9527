// A client of a libSQL server by `fetch`, for platforms where nothing is faster.
import type { DatabaseClient } from "../../db/client.ts";
import { createServerClient, type ServerAddress } from "../../db/server.ts";

const timeoutMs = 5_000;

export const connectByFetch = (address: ServerAddress): DatabaseClient =>
  createServerClient(address, async (url, headers, body) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(url, { method: "POST", headers, body, signal });
    return { status: answer.status, text: await answer.text() };
  });
