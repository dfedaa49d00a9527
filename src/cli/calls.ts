// Calls that create something, retried under one idempotency key: however often one arrives, it creates once.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type AnyAnswer, type Client, ClientError, type Routes } from "../client.ts";
import { isPassing } from "./rules/server.ts";

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

/** All pages of a list that is counted, from the first on; `readPage` gets the offset. */
export async function readPages<T>(
  readPage: (offset: string) => Promise<{ items: T[]; count: number }>,
): Promise<{ items: T[]; count: number }> {
  const items: T[] = [];
  for (;;) {
    const page = await readPage(String(items.length));
    items.push(...page.items);
    if (page.items.length === 0) return { items, count: items.length };
    if (items.length >= page.count) return { items, count: page.count };
  }
}
