// The variables for mail, BELFRY_EMAIL_*, and what becomes of them.
import * as z from "zod";
import { flag } from "../../../config/values.ts";
import type { SettingsContext } from "../channel.ts";
import { parseMailbox, type Mailbox } from "./rules/mailbox.ts";

const mailbox = z.string().transform((text, context) => {
  const parsed = parseMailbox(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({
    code: "custom",
    message: `"${text}" is not one mail address; write it like belfry@example.com or "Belfry <belfry@example.com>"`,
  });
  return z.NEVER;
});

const hostAndPort = z.string().transform((text, context) => {
  const [, inBrackets, name, port] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([\p{L}\p{N}._-]+)):(\d{1,5})$/u.exec(text) ?? [];
  const host = inBrackets ?? name;
  if (host !== undefined && Number(port) >= 1 && Number(port) <= 65_535) return { host, port: Number(port) };
  context.addIssue({
    code: "custom",
    // Not repeated: somebody may have written a password into it.
    message: "must be a host with a port, like smtp.example.com:587",
  });
  return z.NEVER;
});

export const mailVariables = {
  BELFRY_EMAIL_FROM: mailbox.optional(),
  BELFRY_EMAIL_SMARTHOST: hostAndPort.optional(),
  BELFRY_EMAIL_HELLO: z
    .string()
    .regex(/^[\w.:[\]-]+$/, "must be a host's name, like belfry.example.com")
    .default("localhost"),
  BELFRY_EMAIL_FORCE_TLS: flag(false),
  BELFRY_EMAIL_AUTH_IDENTITY: z.string().default(""),
  BELFRY_EMAIL_AUTH_USERNAME: z.string().optional(),
  BELFRY_EMAIL_AUTH_PASSWORD: z.string().optional(),
  BELFRY_EMAIL_AUTH_PASSWORD_FILE: z.string().optional(),
  BELFRY_EMAIL_TLS_STARTTLS: flag(false),
  BELFRY_EMAIL_TLS_SERVERNAME: z.string().optional(),
  BELFRY_EMAIL_TLS_SKIPVERIFY: flag(false),
  BELFRY_EMAIL_TLS_CACERTFILE: z.string().optional(),
  BELFRY_EMAIL_TLS_CERTFILE: z.string().optional(),
  BELFRY_EMAIL_TLS_CERTKEYFILE: z.string().optional(),
} satisfies Record<string, z.ZodType>;

type Environment = z.infer<z.ZodObject<typeof mailVariables>>;

export interface MailSettings {
  from: Mailbox;
  host: string;
  port: number;
  /** The name that we give ourselves. */
  hello: string;
  /** TLS from the first byte. */
  tls: boolean;
  /** TLS before anything that matters is said, or nothing is sent. */
  startTls: boolean;
  /** Whom the server's certificate has to name. */
  serverName: string;
  skipVerify: boolean;
  caFile: string | undefined;
  certFile: string | undefined;
  keyFile: string | undefined;
  login: MailLoginConfig | undefined;
  /** Milliseconds for a try. */
  timeout: number;
}

export interface MailLoginConfig {
  identity: string;
  username: string;
  password: string | undefined;
  /** Goes before the password. */
  passwordFile: string | undefined;
}

/** An SMTP server may take its time: greeting delays and scanners are usual. */
const leastTimeout = 30_000;
const portWithTls = 465;

/** Undefined when mail is not set up; `problem` gets what is missing. */
export function toMailSettings(
  env: Environment,
  { dispatchTimeout, problem, warn }: SettingsContext,
): MailSettings | undefined {
  const { BELFRY_EMAIL_FROM: from, BELFRY_EMAIL_SMARTHOST: smarthost } = env;
  if (from === undefined && smarthost === undefined) return undefined;
  if (from === undefined) {
    problem(
      "BELFRY_EMAIL_FROM: is missing; BELFRY_EMAIL_SMARTHOST is set, and mail needs a sender, like belfry@example.com",
    );
  }
  if (smarthost === undefined) {
    problem(
      "BELFRY_EMAIL_SMARTHOST: is missing; BELFRY_EMAIL_FROM is set, and mail needs a server, like smtp.example.com:587",
    );
  }
  const login = toLogin(env, problem);
  const [certFile, keyFile] = [env.BELFRY_EMAIL_TLS_CERTFILE, env.BELFRY_EMAIL_TLS_CERTKEYFILE];
  if ((certFile === undefined) !== (keyFile === undefined)) {
    problem(
      certFile === undefined
        ? "BELFRY_EMAIL_TLS_CERTFILE: is missing; BELFRY_EMAIL_TLS_CERTKEYFILE is the key of which certificate?"
        : "BELFRY_EMAIL_TLS_CERTKEYFILE: is missing; the certificate of BELFRY_EMAIL_TLS_CERTFILE has a key",
    );
  }
  if (from === undefined || smarthost === undefined) return undefined;
  const tls = env.BELFRY_EMAIL_FORCE_TLS || smarthost.port === portWithTls;
  if (tls && env.BELFRY_EMAIL_TLS_STARTTLS)
    warn("BELFRY_EMAIL_TLS_STARTTLS is ignored: the connection is TLS from the start");
  return {
    from,
    ...smarthost,
    hello: env.BELFRY_EMAIL_HELLO,
    tls,
    startTls: env.BELFRY_EMAIL_TLS_STARTTLS && !tls,
    serverName: env.BELFRY_EMAIL_TLS_SERVERNAME ?? smarthost.host,
    skipVerify: env.BELFRY_EMAIL_TLS_SKIPVERIFY,
    caFile: env.BELFRY_EMAIL_TLS_CACERTFILE,
    certFile,
    keyFile,
    login,
    timeout: Math.max(leastTimeout, dispatchTimeout),
  };
}

function toLogin(env: Environment, problem: (message: string) => void): MailLoginConfig | undefined {
  const username = env.BELFRY_EMAIL_AUTH_USERNAME;
  const password = env.BELFRY_EMAIL_AUTH_PASSWORD;
  const passwordFile = env.BELFRY_EMAIL_AUTH_PASSWORD_FILE;
  const hasPassword = password !== undefined || passwordFile !== undefined;
  if (username === undefined) {
    if (hasPassword) problem("BELFRY_EMAIL_AUTH_USERNAME: is missing; a password is set");
    return undefined;
  }
  if (!hasPassword) {
    problem(
      "BELFRY_EMAIL_AUTH_PASSWORD: is missing; BELFRY_EMAIL_AUTH_USERNAME is set (BELFRY_EMAIL_AUTH_PASSWORD_FILE will do too)",
    );
  }
  return { identity: env.BELFRY_EMAIL_AUTH_IDENTITY, username, password, passwordFile };
}
