// Connections to a mail server on Node: sockets and TLS, with the operator's certificates and password file.
import { readFile } from "node:fs/promises";
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { checkServerIdentity, connect as connectTls, type ConnectionOptions } from "node:tls";
import type { MailSettings } from "../notifications/channels/mail/settings.ts";
import type { MailServer, OpenMail } from "../notifications/channels/mail/smtp/connection.ts";
import { createMailPool, type PoolLimits } from "../notifications/channels/mail/smtp/pool.ts";
import type { MailPool } from "../kernel/ports.ts";

/** Created once per process and closed when it stops. */
export function createMail(config: MailSettings, limits: Partial<PoolLimits> = {}): MailPool {
  return createMailPool(createOpenMail(config), serverOf(config), limits);
}

const serverOf = (config: MailSettings): MailServer => {
  const { login } = config;
  return {
    ...config,
    login: login === undefined ? undefined : { ...login, password: () => passwordOf(login) },
  };
};

/** Read at each login, so that a new password needs no restart. A final line break is ignored. */
async function passwordOf({ password, passwordFile }: NonNullable<MailSettings["login"]>): Promise<string> {
  return passwordFile === undefined
    ? (password ?? "")
    : (await readFile(passwordFile, "utf8")).replace(/\r?\n$/, "");
}

export function createOpenMail(
  config: Pick<MailSettings, "caFile" | "certFile" | "keyFile" | "skipVerify">,
): OpenMail {
  return async ({ host, port, tls, serverName, signal }) => {
    const secured = async (name: string): Promise<ConnectionOptions> => ({
      ...(await securityOf(config)),
      host: name,
      // An address can't be asked for by SNI; the certificate is checked against it all the same.
      servername: isIP(name) === 0 ? name : "",
    });
    let stream = tls
      ? createStream(
          connectTls({
            ...(await secured(serverName)),
            host,
            port,
            checkServerIdentity: (_host, certificate) => checkServerIdentity(serverName, certificate),
          }),
        )
      : createStream(connectPlain({ host, port }));
    // Always the outermost socket: the one inside belongs to it.
    const close = () => stream.socket.destroy();
    signal.addEventListener("abort", close);
    // The session outlives the time of the message that it is opened for.
    await happened(stream.socket, tls ? "secureConnect" : "connect").finally(() =>
      signal.removeEventListener("abort", close),
    );
    stream.socket.setNoDelay(true);
    return {
      read: () => stream.read(),
      write: (bytes) => stream.write(bytes),
      startTls: async (name) => {
        const options = await secured(name);
        stream.release();
        stream = createStream(connectTls({ ...options, socket: stream.socket }));
        await happened(stream.socket, "secureConnect");
      },
      close,
    };
  };
}

async function securityOf(config: Parameters<typeof createOpenMail>[0]): Promise<ConnectionOptions> {
  const [ca, cert, key] = await Promise.all([
    contentOf("BELFRY_EMAIL_TLS_CACERTFILE", config.caFile),
    contentOf("BELFRY_EMAIL_TLS_CERTFILE", config.certFile),
    contentOf("BELFRY_EMAIL_TLS_CERTKEYFILE", config.keyFile),
  ]);
  return {
    rejectUnauthorized: !config.skipVerify,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

async function contentOf(variable: string, file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`the file of ${variable} can't be read: ${error.code ?? error.message}`);
  });
}

/** Rejects if the socket fails or closes first. */
function happened(socket: Socket, event: "connect" | "secureConnect"): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, resolve);
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the server dropped the connection")));
  });
}

/** Reads from the socket on demand, so it buffers nothing. */
function createStream(socket: Socket) {
  let failure: Error | undefined;
  let ended = false;
  let wake = () => {};
  const look = () => wake();
  const end = () => {
    ended = true;
    wake();
  };
  socket.on("readable", look);
  socket.on("end", end);
  socket.on("close", end);
  socket.on("error", (error) => {
    failure ??= error;
    end();
  });
  return {
    socket,
    read: async (): Promise<Uint8Array | null> => {
      for (;;) {
        const bytes = socket.read() as Buffer | null;
        if (bytes !== null) return bytes;
        if (failure !== undefined) throw failure;
        if (ended) return null;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    write: (bytes: Uint8Array) =>
      new Promise<void>((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(failure ?? error) : resolve()));
      }),
    /** Stops reading and discards buffered bytes. */
    release: () => {
      socket.off("readable", look);
      while (socket.read() !== null);
    },
  };
}
