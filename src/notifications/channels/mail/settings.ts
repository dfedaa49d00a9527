// The settings of the email channel, from BELFRY_EMAIL_*.
import * as z from "zod";
import { flag } from "../../../config/values.ts";
import type { SettingsContext } from "../channel.ts";
import { parseMailbox, type Mailbox } from "./rules/mailbox.ts";

const mailbox = z.string().transform((text, context) => {
  const parsed = parseMailbox(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({
    code: "custom",
    message: `"${text}" is not an email address; use belfry@example.com or "Belfry <belfry@example.com>"`,
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
    // The value is not shown: it could have a password.
    message: "must be a host with a port, such as smtp.example.com:587",
  });
  return z.NEVER;
});

export const mailVariables = {
  BELFRY_EMAIL_FROM: mailbox.optional(),
  BELFRY_EMAIL_SMARTHOST: hostAndPort.optional(),
  BELFRY_EMAIL_HELLO: z
    .string()
    .regex(/^[\w.:[\]-]+$/, "must be a host name, such as belfry.example.com")
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
  /** The name that Belfry sends in EHLO. */
  hello: string;
  /** TLS from the first byte. */
  tls: boolean;
  /** STARTTLS is required. */
  startTls: boolean;
  /** The name that the server's certificate must have. */
  serverName: string;
  skipVerify: boolean;
  caFile: string | undefined;
  certFile: string | undefined;
  keyFile: string | undefined;
  login: MailLoginConfig | undefined;
  /** Milliseconds for an attempt. */
  timeout: number;
}

export interface MailLoginConfig {
  identity: string;
  username: string;
  password: string | undefined;
  /** Used instead of the password. */
  passwordFile: string | undefined;
}

/** SMTP servers can be slow: greeting delays and scanners are usual. */
const minTimeoutMs = 30_000;
const tlsPort = 465;

/** Undefined if mail is not configured; `problem` is called for what is missing. */
export function toMailSettings(
  env: Environment,
  { dispatchTimeout, problem, warn }: SettingsContext,
): MailSettings | undefined {
  const { BELFRY_EMAIL_FROM: from, BELFRY_EMAIL_SMARTHOST: smarthost } = env;
  if (from === undefined && smarthost === undefined) return undefined;
  if (from === undefined) {
    problem(
      "BELFRY_EMAIL_FROM: is missing; BELFRY_EMAIL_SMARTHOST is set, and mail needs a sender, such as belfry@example.com",
    );
  }
  if (smarthost === undefined) {
    problem(
      "BELFRY_EMAIL_SMARTHOST: is missing; BELFRY_EMAIL_FROM is set, and mail needs a server, such as smtp.example.com:587",
    );
  }
  const login = toLogin(env, problem);
  const [certFile, keyFile] = [env.BELFRY_EMAIL_TLS_CERTFILE, env.BELFRY_EMAIL_TLS_CERTKEYFILE];
  if ((certFile === undefined) !== (keyFile === undefined)) {
    problem(
      certFile === undefined
        ? "BELFRY_EMAIL_TLS_CERTFILE: is missing; BELFRY_EMAIL_TLS_CERTKEYFILE is set"
        : "BELFRY_EMAIL_TLS_CERTKEYFILE: is missing; BELFRY_EMAIL_TLS_CERTFILE is set",
    );
  }
  if (from === undefined || smarthost === undefined) return undefined;
  const tls = env.BELFRY_EMAIL_FORCE_TLS || smarthost.port === tlsPort;
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
    timeout: Math.max(minTimeoutMs, dispatchTimeout),
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
      "BELFRY_EMAIL_AUTH_PASSWORD: is missing; BELFRY_EMAIL_AUTH_USERNAME is set; BELFRY_EMAIL_AUTH_PASSWORD_FILE can be used instead",
    );
  }
  return { identity: env.BELFRY_EMAIL_AUTH_IDENTITY, username, password, passwordFile };
}
