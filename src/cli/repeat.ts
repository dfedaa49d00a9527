// A call that creates something, sent again while no answer comes or Belfry is busy: its key makes it one, however often
// it arrives.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ClientError, type AnyAnswer, type Client, type Routes } from "../client.ts";
import { isPassing } from "./rules/workspace.ts";

/** Milliseconds before each further try. */
const pauses = [500, 1_500];

export interface KeyedOptions {
  headers: { "idempotency-key": string };
}

/** Throws the `ClientError` of the last try. */
export async function askOnce<R extends AnyAnswer>(
  client: Client,
  call: (routes: Routes, options: KeyedOptions) => Promise<R>,
  onHeaders?: (headers: Headers) => void,
) {
  const options = { headers: { "idempotency-key": randomUUID() } };
  for (let tries = 0; ; tries += 1) {
    try {
      return await client.ask((routes) => call(routes, options), onHeaders);
    } catch (error) {
      const pause = pauses[tries];
      if (!(error instanceof ClientError) || !isPassing(error) || pause === undefined) throw error;
      await sleep(pause);
    }
  }
}
