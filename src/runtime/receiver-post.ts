// POST requests to receivers that were added over the API, on Node: the address that is connected to is checked, so that a
// name can't lead to a private network by another answer than it gave before. No redirects; of a response only the beginning.
import { lookup as lookUp, type LookupAddress, type LookupOptions } from "node:dns";
import { Agent, request } from "undici";
import type { PostToReceiver } from "../kernel/ports.ts";
import { hostProblem, isPublicAddress } from "../notifications/receivers/rules/address.ts";

type Found = (error: Error | null, addresses: LookupAddress[]) => void;
/** All addresses of a name. */
export type Resolve = (host: string, options: LookupOptions & { all: true }, found: Found) => void;

const maxConnections = 64;
const maxBodyBytes = 512;
const bodyTimeoutMs = 1_000;

export function createReceiverPost(resolve: Resolve = lookUp): {
  postToReceiver: PostToReceiver;
  close: () => Promise<void>;
} {
  // A connection for each request: a kept one that has ended can't be told from a receiver that failed.
  const options = { connections: maxConnections, pipelining: 0 };
  const anywhere = new Agent(options);
  const guarded = new Agent({ ...options, connect: { lookup: publicOnly(resolve) as never } });
  return {
    postToReceiver: async ({ url, headers, body, timeout, isPrivateAllowed }) => {
      const problem = isPrivateAllowed ? undefined : hostProblem(new URL(url));
      if (problem !== undefined) throw new Error(`not connected: the address ${problem}`);
      const signal = AbortSignal.timeout(timeout);
      const dispatcher = isPrivateAllowed ? anywhere : guarded;
      const answer = await request(url, { method: "POST", headers, body, signal, dispatcher });
      const text = await beginningOf(answer.body);
      return { status: answer.statusCode, headers: toHeaders(answer.headers), body: text };
    },
    close: async () => {
      await Promise.all([anywhere.destroy(), guarded.destroy()]);
    },
  };
}

/** Looks a name up, and fails if any of its addresses isn't public: the connection is made to what is returned here. */
const publicOnly =
  (resolve: Resolve) =>
  (
    host: string,
    options: LookupOptions,
    found: (error: Error | null, addresses: string | LookupAddress[], family?: number) => void,
  ): void => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return found(error, []);
      const wrong = addresses.find(({ address }) => !isPublicAddress(address));
      const [first] = addresses;
      if (wrong !== undefined || first === undefined)
        return found(notPublic(host, wrong?.address ?? "nothing"), []);
      if (options.all === true) found(null, addresses);
      else found(null, first.address, first.family);
    });
  };

const notPublic = (host: string, address: string) =>
  new Error(`not connected: ${host} leads to ${address}, which is not a public address`);

/** The rest is not read; a body that is slow or breaks off doesn't change the status that came before it. */
async function beginningOf(body: AsyncIterable<Buffer> & { destroy: () => unknown }): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  const timer = setTimeout(() => body.destroy(), bodyTimeoutMs);
  try {
    for await (const part of body) {
      parts.push(part);
      length += part.length;
      if (length >= maxBodyBytes) break;
    }
  } catch {
    // What came is enough.
  } finally {
    clearTimeout(timer);
    body.destroy();
  }
  return Buffer.concat(parts).subarray(0, maxBodyBytes).toString("utf8");
}

const toHeaders = (given: Record<string, string | string[] | undefined>): Headers =>
  new Headers(
    Object.entries(given).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [[name, Array.isArray(value) ? value.join(", ") : value] as [string, string]],
    ),
  );
