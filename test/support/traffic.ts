// People who send all the time, whatever becomes of the server, and the account of their messages afterwards: what was
// acknowledged and is lost, and what is there twice.
import { request } from "undici";
import type { Arrival } from "./receiver.ts";

export interface Traffic {
  /** Titles of what was answered with a success, or that it was there already. */
  acknowledged: ReadonlySet<string>;
  /** How many were answered 503 with `Retry-After`. */
  refused: number;
  /** How many got no answer. */
  broken: number;
  /** Every other answer. */
  unexpected: string[];
  /** Resolves as soon as it holds. */
  until: (holds: () => boolean) => Promise<void>;
  /** Resolves when everything under way has been answered. */
  stop: () => Promise<void>;
}

export interface TrafficOptions {
  /** The addresses of the instances, taken in turn. */
  urls: readonly string[];
  token: string;
  /** How many people, each sending one message after the other, each with a title of its own. */
  width: number;
  /** Whether what was refused is sent again until it is taken. Within a minute the server knows it again. */
  insists: boolean;
}

export function startTraffic({ urls, token, width, insists }: TrafficOptions): Traffic {
  const acknowledged = new Set<string>();
  const waiting = new Set<() => void>();
  let isOver = false;
  let sent = 0;
  const traffic: Traffic = {
    acknowledged,
    refused: 0,
    broken: 0,
    unexpected: [],
    until: (holds) =>
      new Promise((resolve) => {
        const look = () => {
          if (!holds()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    stop: async () => {
      isOver = true;
      await Promise.all(people);
    },
  };

  async function sendNext(): Promise<void> {
    sent += 1;
    const title = `Message ${sent}`;
    const url = urls[sent % urls.length]!;
    for (let tries = 1; (await sendOnce(url, title, tries)) && insists; tries += 1);
  }

  /** Answers whether it was not taken. */
  async function sendOnce(url: string, title: string, tries: number): Promise<boolean> {
    const { status, retryAfter, text } = await post(url, token, title);
    if (status === 204 || (status === 409 && tries > 1)) acknowledged.add(title);
    else if (status === 503 && retryAfter !== undefined) traffic.refused += 1;
    else if (status === undefined) traffic.broken += 1;
    else traffic.unexpected.push(`${status} ${text}`);
    for (const look of waiting) look();
    // Nobody listens there at the moment: no reason to ask a thousand times a second.
    if (status === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    return status === undefined || status === 503;
  }

  const people = Array.from({ length: width }, async () => {
    while (!isOver) await sendNext();
  });
  return traffic;
}

async function post(url: string, token: string, title: string) {
  try {
    const { statusCode, headers, body } = await request(`${url}/api/v2/notifications/custom`, {
      method: "POST",
      headers: { "content-type": "application/json", "coder-session-token": token },
      body: JSON.stringify({ content: { title, message: "x" } }),
    });
    return { status: statusCode, retryAfter: headers["retry-after"], text: await body.text() };
  } catch {
    return { status: undefined, retryAfter: undefined, text: "" };
  }
}

export interface Account {
  /** Titles that were acknowledged and are not there. */
  lost: string[];
  /** Titles that are there under more than one id. */
  doubled: string[];
  /** Deliveries whose id differs between header and body. */
  mislabelled: number;
  /** Deliveries of what had been delivered before, under the same id. */
  repeated: number;
}

export function accountOf(acknowledged: ReadonlySet<string>, arrivals: readonly Arrival[]): Account {
  const ids = new Map<string, Set<string>>();
  for (const { json } of arrivals) ids.set(json.title, (ids.get(json.title) ?? new Set()).add(json.msg_id));
  const isMislabelled = ({ headers, json }: Arrival) =>
    headers["webhook-id"] !== json.msg_id || headers["x-message-id"] !== json.msg_id;
  const distinct = [...ids.values()].reduce((sum, { size }) => sum + size, 0);
  return {
    lost: [...acknowledged].filter((title) => !ids.has(title)),
    doubled: [...ids].filter(([, { size }]) => size > 1).map(([title]) => title),
    mislabelled: arrivals.filter(isMislabelled).length,
    repeated: arrivals.length - distinct,
  };
}

/** The same of what lies in inboxes, or was sent to somebody who watched one: by its titles, in any order. */
export function accountOfTitles(acknowledged: ReadonlySet<string>, titles: readonly string[]) {
  const counts = new Map<string, number>();
  for (const title of titles) counts.set(title, (counts.get(title) ?? 0) + 1);
  return {
    lost: [...acknowledged].filter((title) => !counts.has(title)),
    doubled: [...counts].filter(([, count]) => count > 1).map(([title]) => title),
  };
}
