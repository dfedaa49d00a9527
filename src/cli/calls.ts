// Calls that create something, retried under one idempotency key so that they create it once; and lists of many pages.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ClientError, type AnyAnswer, type Client, type Routes } from "../client.ts";
import { isTransient } from "./rules/server.ts";

/** The only one. */
export const organization = "default";

const retryDelaysMs = [500, 1_500];

export interface KeyedOptions {
  headers: { "idempotency-key": string };
}

/** Throws the `ClientError` of the last try. */
export async function createOnce<R extends AnyAnswer>(
  client: Client,
  call: (routes: Routes, options: KeyedOptions) => Promise<R>,
  onHeaders?: (headers: Headers) => void,
) {
  const options = { headers: { "idempotency-key": randomUUID() } };
  for (let tries = 0; ; tries += 1) {
    try {
      return await client.ask((routes) => call(routes, options), onHeaders);
    } catch (error) {
      const delayMs = retryDelaysMs[tries];
      if (!(error instanceof ClientError) || !isTransient(error) || delayMs === undefined) throw error;
      await sleep(delayMs);
    }
  }
}

/** All items of a list with a count; `readPage` gets the offset. */
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
