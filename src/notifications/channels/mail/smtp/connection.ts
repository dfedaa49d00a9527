// What the mail channel needs of the runtime: a stream of bytes to a server that can be made a TLS one on the way.

export interface MailConnection {
  /** The next bytes; null when the server has closed. */
  read: () => Promise<Uint8Array | null>;
  /** Resolves when the bytes are on their way. */
  write: (bytes: Uint8Array) => Promise<void>;
  /** Goes on in TLS; what had come in and was not read yet is thrown away. */
  startTls: (serverName: string) => Promise<void>;
  /** At once, whatever is under way. */
  close: () => void;
}

export interface MailEndpoint {
  host: string;
  port: number;
  /** TLS from the first byte. */
  tls: boolean;
  /** Whether `startTls` is going to be called. */
  startTls: boolean;
  /** Whom the certificate has to name. */
  serverName: string;
  /** Gives up when it fires. */
  signal: AbortSignal;
}

export type OpenMail = (endpoint: MailEndpoint) => Promise<MailConnection>;

export interface MailServer extends Omit<MailEndpoint, "signal"> {
  /** The name that we give ourselves. */
  hello: string;
  login: MailLogin | undefined;
}

export interface MailLogin {
  /** On whose behalf; almost always empty. */
  identity: string;
  username: string;
  /** Asked for at each login, so that a changed file needs no restart. */
  password: () => Promise<string>;
}

/** As people write it: `smtp.example.com:587`. */
export const placeOf = ({ host, port }: Pick<MailServer, "host" | "port">): string =>
  `${host.includes(":") ? `[${host}]` : host}:${port}`;
