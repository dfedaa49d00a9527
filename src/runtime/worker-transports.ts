// Mail and webhooks on Cloudflare. The platform verifies certificates without exceptions, forbids port 25 and private
// addresses, and closes sockets at the end of an invocation, so the mail pool belongs to one. Webhooks whose kept connection
// was lost are sent again under the same message id: the platform doesn't say whether it was reused.
import { connect } from "cloudflare:sockets";
import type { MailSettings } from "../notifications/channels/mail/settings.ts";
import type { MailPool, Post, PostToReceiver } from "../kernel/ports.ts";
import { hostProblem } from "../notifications/receivers/rules/address.ts";
import type { OpenMail } from "../notifications/channels/mail/smtp/connection.ts";
import { createMailPool } from "../notifications/channels/mail/smtp/pool.ts";
/** Of the six connections that an invocation may have, the database and webhooks need some. */
const connections = 3;

/** Created and closed within one invocation. */
export function createWorkerMail(config: MailSettings): MailPool {
  const { login } = config;
  const password = login?.password ?? "";
  return createMailPool(
    createWorkerOpenMail(config),
    {
      ...config,
      login: login === undefined ? undefined : { ...login, password: () => Promise.resolve(password) },
    },
    { connections },
  );
}

export function createWorkerOpenMail(config: MailSettings): OpenMail {
  const unsupported = Object.entries({
    BELFRY_EMAIL_TLS_SKIPVERIFY: config.skipVerify,
    BELFRY_EMAIL_TLS_CACERTFILE: config.caFile !== undefined,
    BELFRY_EMAIL_TLS_CERTFILE: config.certFile !== undefined,
    BELFRY_EMAIL_AUTH_PASSWORD_FILE: config.login?.passwordFile !== undefined,
  }).flatMap(([variable, isSet]) => (isSet ? [variable] : []));

  return async ({ host, port, tls, startTls, serverName, signal }) => {
    if (unsupported.length > 0)
      throw new Error(`${unsupported.join(", ")} can't be used on Cloudflare Workers`);
    if (tls && serverName !== host) {
      throw new Error("on Cloudflare Workers BELFRY_EMAIL_TLS_SERVERNAME works with STARTTLS only");
    }
    const secureTransport = tls ? "on" : startTls ? "starttls" : "off";
    let socket = connect({ hostname: host, port }, { secureTransport, allowHalfOpen: false });
    // Closing may take as long as the other side likes; nobody waits for it.
    const close = () => void socket.close().catch(() => {});
    signal.addEventListener("abort", close);
    // The session outlives the time of the message that it is opened for.
    await socket.opened.finally(() => signal.removeEventListener("abort", close));
    let reader = socket.readable.getReader();
    let writer = socket.writable.getWriter();
    return {
      read: async () => (await reader.read()).value ?? null,
      write: (bytes) => writer.write(bytes),
      startTls: async (name) => {
        reader.releaseLock();
        writer.releaseLock();
        socket = socket.startTls(name === host ? {} : { expectedServerHostname: name });
        await socket.opened;
        reader = socket.readable.getReader();
        writer = socket.writable.getWriter();
      },
      close,
    };
  };
}

/** Of the requests that an invocation may send, so many may be repeated over another connection. */
const maxRepeats = 20;
/** One message may meet several kept connections that have ended, one after another. */
const maxRepeatsOfOne = 3;

/** Made for each invocation. */
export const createWorkerPosts = () => ({ post: createWorkerPost(), postToReceiver: postFromWorker });

function createWorkerPost(): Post {
  let repeats = 0;
  return async ({ url, headers, body, timeout }) => {
    const signal = AbortSignal.timeout(timeout);
    const send = () => fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
    const sendAgain =
      (left: number) =>
      async (error: unknown): Promise<Response> => {
        if (!isLostConnection(error) || signal.aborted || left === 0 || repeats >= maxRepeats) throw error;
        repeats += 1;
        return send().catch(sendAgain(left - 1));
      };
    const answer = await send().catch(sendAgain(maxRepeatsOfOne));
    // Its body is not used, and nobody waits for the connection to be dropped.
    void answer.body?.cancel().catch(() => {});
    return { status: answer.status, headers: answer.headers };
  };
}

/** What workerd says when a connection ends before the headers of an answer. */
const isLostConnection = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith("Network connection lost");

const maxBodyBytes = 512;

/** What an address says is checked here; what its name leads to only the platform knows (global_fetch_strictly_public). */
const postFromWorker: PostToReceiver = async ({ url, headers, body, timeout, isPrivateAllowed }) => {
  const problem = isPrivateAllowed ? undefined : hostProblem(new URL(url));
  if (problem !== undefined) throw new Error(`not connected: the address ${problem}`);
  const signal = AbortSignal.timeout(timeout);
  const answer = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
  return { status: answer.status, headers: answer.headers, body: await beginningOf(answer.body) };
};

/** The rest is not read; a body that breaks off doesn't change the status that came before it. */
async function beginningOf(body: ReadableStream<Uint8Array> | null): Promise<string> {
  if (body === null) return "";
  const reader = body.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    while (length < maxBodyBytes) {
      const { value, done } = await reader.read();
      if (done) break;
      parts.push(value);
      length += value.length;
    }
  } catch {
    // What came is enough.
  }
  void reader.cancel().catch(() => {});
  return Buffer.concat(parts).subarray(0, maxBodyBytes).toString("utf8");
}
