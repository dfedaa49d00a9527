// Why a mail did not go out, in words that name what to change. Thrown inside smtp/; the channel makes an outcome of it.
import { judgeReply, type FailureSubject, type MailReply, type MailStage } from "../rules/mail-reply.ts";

export interface FailureOptions {
  kind?: "temporary" | "permanent";
  /** The server or the way to it, if left out. */
  about?: FailureSubject;
  /** The connection is of no further use. */
  broken?: boolean;
  /** The server can't have taken the message: it may go over another connection at once. */
  untouched?: boolean;
}

export class MailFailure extends Error {
  override readonly name = "MailFailure";
  readonly kind: "temporary" | "permanent";
  readonly about: FailureSubject;
  readonly broken: boolean;
  readonly untouched: boolean;

  constructor(
    words: string,
    { kind = "temporary", about = "server", broken = false, untouched = false }: FailureOptions = {},
  ) {
    super(words);
    this.kind = kind;
    this.about = about;
    this.broken = broken;
    this.untouched = untouched;
  }
}

/** A refusal, with the server's words, where they came, and what to change. */
export function refusal(reply: MailReply, after: string, stage: MailStage): MailFailure {
  const { about, kind, hint } = judgeReply(stage, reply);
  const words = `${reply.code} ${reply.text} (${after})`.replaceAll(/\s+/g, " ");
  const isOpening = ["greeting", "hello", "starttls", "login", "reset"].includes(stage);
  return new MailFailure(hint === undefined ? words : `${words}: ${hint}`, {
    kind,
    about,
    // 421: the server hangs up. Neither 4xx nor 5xx: we no longer understand each other.
    broken: isOpening || reply.code === 421 || reply.code < 400,
    untouched: reply.code === 421 || stage === "reset",
  });
}

const known: Record<string, string> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the server dropped the connection",
  EPIPE: "the server dropped the connection",
  ETIMEDOUT: "no connection in time",
  ENOTFOUND: "there is no such host: check BELFRY_EMAIL_SMARTHOST",
  EAI_AGAIN: "the host's address could not be looked up",
  EHOSTUNREACH: "there is no way to the host",
  ENETUNREACH: "there is no way to the host's network",
  EPROTO: "no TLS: the server speaks something else on this port",
  ERR_SSL_WRONG_VERSION_NUMBER:
    "no TLS: the server doesn't speak it from the start on this port (BELFRY_EMAIL_FORCE_TLS)",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "the certificate is for another name: set the name that it has as BELFRY_EMAIL_TLS_SERVERNAME",
};
const untrusted = /SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|CERT_(UNTRUSTED|HAS_EXPIRED|NOT_YET_VALID|REVOKED)/;

/** A failed connection in a few words: the reason that lies deepest. */
export function describeConnectionError(error: unknown): string {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  // Several addresses were tried: the last one's failure is as good as any.
  if (deepest instanceof AggregateError && deepest.errors.length > 0) deepest = deepest.errors.at(-1);
  if (!(deepest instanceof Error)) return "failed without a reason";
  const code = "code" in deepest && typeof deepest.code === "string" ? deepest.code : "";
  if (known[code] !== undefined) return `${known[code]} (${code})`;
  const words = deepest.message.replaceAll(/\s+/g, " ").slice(0, 200);
  if (untrusted.test(code)) {
    return `the certificate is not trusted, ${words} (${code}): name its authority in BELFRY_EMAIL_TLS_CACERTFILE`;
  }
  return code === "" ? words : `${words} (${code})`;
}
