// Cloudflare's way to a mail server. The platform checks certificates by its own list and allows no exception, forbids
// port 25 and private addresses, and cuts sockets at the end of an invocation: the pool lives no longer than one.
import { connect } from "cloudflare:sockets";
import type { MailSettings } from "../notifications/channels/mail/settings.ts";
import type { MailPool } from "../kernel/ports.ts";
import type { OpenMail } from "../notifications/channels/mail/smtp/connection.ts";
import { createMailPool } from "../notifications/channels/mail/smtp/pool.ts";

/** Of the six connections that an invocation may have, the database and webhooks need some. */
const connections = 3;

/** Made and closed within one invocation. */
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
  const impossible = Object.entries({
    BELFRY_EMAIL_TLS_SKIPVERIFY: config.skipVerify,
    BELFRY_EMAIL_TLS_CACERTFILE: config.caFile !== undefined,
    BELFRY_EMAIL_TLS_CERTFILE: config.certFile !== undefined,
    BELFRY_EMAIL_AUTH_PASSWORD_FILE: config.login?.passwordFile !== undefined,
  }).flatMap(([variable, isSet]) => (isSet ? [variable] : []));

  return async ({ host, port, tls, startTls, serverName, signal }) => {
    if (impossible.length > 0)
      throw new Error(`${impossible.join(", ")} can't be used on Cloudflare Workers`);
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
