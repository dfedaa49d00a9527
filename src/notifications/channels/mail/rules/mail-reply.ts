// What a mail server's refusal is about, which decides whether it is retried. A refusal of our sender, account or session is
// retried, since an operator can fix it. A refusal of this recipient or message is final.

/** The stage of the session (RFC 5321). */
export type MailStage =
  | "greeting"
  | "hello"
  | "starttls"
  | "login"
  | "reset"
  | "sender"
  | "recipient"
  | "data"
  | "message";

/** `content`: the text (spam, policy), which can concern every message; `message`: only this one (its size). */
export type FailureSubject = "recipient" | "message" | "content" | "sender" | "account" | "server";

export interface ReplyVerdict {
  about: FailureSubject;
  kind: "temporary" | "permanent";
  /** What to change, with the variable's name. */
  hint: string | undefined;
}

export interface MailReply {
  code: number;
  text: string;
}

/**
 * Basic codes are RFC 5321's, enhanced ones RFC 3463's and the IANA registry's. Where the two disagree about the class,
 * temporary wins: one attempt too many costs less than a lost message. Where they disagree about the subject, the enhanced
 * code wins; a server's text about our sender, account or limit comes before both.
 */
export function classifyReply(stage: MailStage, reply: MailReply): ReplyVerdict {
  const enhanced = /^([245])\.(\d{1,3})\.(\d{1,3})\b/.exec(reply.text);
  const about = subjectOf(stage, reply, enhanced === null ? null : `${enhanced[2]}.${enhanced[3]}`);
  const isFinal = reply.code >= 500 && reply.code < 600 && (enhanced === null || enhanced[1] !== "4");
  const isNotOurs = about === "recipient" || about === "message" || about === "content";
  return {
    about,
    kind: isFinal && isNotOurs ? "permanent" : "temporary",
    hint: hintFor(stage, reply, about),
  };
}

/** Phrases of common servers and providers; the first match counts. */
const phrases: [RegExp, FailureSubject][] = [
  [/gr[ea]y-?list/i, "recipient"],
  [
    /auth\w* (is )?required|not authenticated|unauthenticated|must (first )?(log ?in|authenticate)|log ?in first/i,
    "account",
  ],
  [
    /relay(ing)? (access |not |is )?(denied|permitted|prohibited|allowed)|(unable|not permitted|not allowed) to relay|not relay|rcpthosts/i,
    "account",
  ],
  [
    /((send|daily|hourly|monthly|outgoing|outbound)\w*|message|rate|credit\w*) ?(\w+ )?(limit|quota|rate)\w*|limits? exceeded|credits exceeded|too many (messages|mails|emails)/i,
    "account",
  ],
  [
    /send ?as ?denied|send as this sender|sender (address )?(verify|rejected|denied|not|domain)|sender identity|from address|sending address|bad outbound sender|return.?path|not owned by|mail from .*(denied|rejected)/i,
    "sender",
  ],
  [/(address|domain|sender)( \S+)* (is )?not verified|verify (your|the) (domain|sender)/i, "sender"],
  [
    /helo command rejected|(client )?host (rejected|blocked)|(ip|client|host) .*(block|black|deny)\w*list|spamhaus/i,
    "server",
  ],
];

function subjectOf(stage: MailStage, { code, text }: MailReply, detail: string | null): FailureSubject {
  if (stage === "login" || code === 530 || code === 534 || code === 535 || code === 538) return "account";
  if (stage === "greeting" || stage === "hello" || stage === "starttls" || stage === "reset") return "server";
  // A full mailbox is the recipient's, whatever the text says.
  if (stage === "recipient" && (detail === "2.1" || detail === "2.2")) return "recipient";
  // SPF, DKIM and DMARC (RFC 7372) are the sender's domain's.
  if (detail !== null && /^7\.2\d$/.test(detail)) return "sender";
  const byPhrase = phrases.find(([phrase]) => phrase.test(text))?.[1];
  if (byPhrase !== undefined) return byPhrase;
  const byDetail = detail === null ? undefined : subjectOfDetail(detail, stage);
  if (stage === "sender")
    return byDetail === "message" || (detail === null && code === 552) ? "message" : "sender";
  return byDetail ?? subjectOfCode(stage, code);
}

/** By an enhanced code without its class; undefined if that leaves it open (`x.0`). */
function subjectOfDetail(detail: string, stage: MailStage): FailureSubject | undefined {
  const [subject, number] = detail.split(".").map(Number);
  if (number === 0 && subject !== 7 && subject !== 6) return undefined;
  if (subject === 1) return number === 7 || number === 8 ? "sender" : "recipient";
  // Exchange: 5.2.252 is SendAsDenied.
  if (subject === 2) return number === 252 ? "sender" : number === 3 ? "message" : "recipient";
  if (subject === 3) return number === 4 ? "message" : "server";
  if (subject === 4) {
    if (number === 5) return "account";
    // No route to the domain; Exchange refuses unknown recipients with 5.4.1.
    return stage === "recipient" && (number === 1 || number === 4 || number === 310) ? "recipient" : "server";
  }
  if (subject === 5) return "server";
  if (subject === 6) return "message";
  return subject === 7 ? "account" : undefined;
}

function subjectOfCode(stage: MailStage, code: number): FailureSubject {
  if (code === 552) return stage === "recipient" ? "recipient" : "message";
  if (stage === "recipient")
    return [450, 452, 501, 550, 551, 553, 554, 556].includes(code) ? "recipient" : "server";
  return code === 550 || code === 553 || code === 554 ? "content" : "server";
}

const checkLogin = "check BELFRY_EMAIL_AUTH_USERNAME and BELFRY_EMAIL_AUTH_PASSWORD";
const useTls = "encrypt with BELFRY_EMAIL_TLS_STARTTLS=true";

function hintFor(stage: MailStage, { code, text }: MailReply, about: FailureSubject): string | undefined {
  if (/helo|ehlo/i.test(text) && about === "server")
    return "set BELFRY_EMAIL_HELLO to this host's full domain name";
  if (about === "sender")
    return "check BELFRY_EMAIL_FROM: the account must be allowed to send from this address";
  if (about !== "account") return undefined;
  if (code === 530)
    return `log in with BELFRY_EMAIL_AUTH_USERNAME and BELFRY_EMAIL_AUTH_PASSWORD, or ${useTls}`;
  if (code === 534) return `${checkLogin} (some providers require an app password)`;
  if (code === 535 || (stage === "login" && code >= 500 && code !== 538)) return checkLogin;
  if (code === 538 || /encrypt|starttls|\btls\b/i.test(text)) return useTls;
  if (/limit|quota|rate|credit|too many/i.test(text))
    return "the account's sending limit is reached: raise it at the provider";
  if (/auth|log ?in|relay|rcpthosts/i.test(text))
    return "log in with BELFRY_EMAIL_AUTH_USERNAME and BELFRY_EMAIL_AUTH_PASSWORD, or allow this host to relay at the mail server";
  return code < 500
    ? undefined
    : "check BELFRY_EMAIL_FROM and BELFRY_EMAIL_AUTH_USERNAME: the server doesn't accept mail from this sender or account";
}
