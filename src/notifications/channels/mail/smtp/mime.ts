// Builds a mail as it goes over the wire: headers, then the same content as text and as HTML. Pure; called by mail.ts.
import type { Mailbox } from "../rules/mailbox.ts";
import { addressHeader, quotedPrintable, textHeader } from "./encoding.ts";

export interface MailParts {
  from: Mailbox;
  to: Mailbox;
  subject: string;
  /** Epoch milliseconds. */
  date: number;
  /** The message's id: the same at each try, so that a receiver can see that it has it. */
  id: string;
  /** The host in `Message-ID`. */
  host: string;
  text: string;
  html: string;
  /** The page that switches this kind off; none for kinds that can't be switched off. */
  unsubscribe?: { url: string; oneClick: boolean } | undefined;
}

/** Lines end in CRLF; ASCII throughout, unless an address isn't. */
export function buildMail(parts: MailParts): string {
  const boundary = `=_${parts.id.replaceAll(/[^\w-]/g, "").slice(0, 60)}`;
  const headers = [
    addressHeader("From", parts.from),
    addressHeader("To", parts.to),
    textHeader("Subject", parts.subject),
    `Date: ${new Date(parts.date).toUTCString().replace(/GMT$/, "+0000")}`,
    `Message-ID: <${parts.id.replaceAll(/[^\w.-]/g, "")}@${parts.host.replaceAll(/[^\w.:[\]-]/g, "")}>`,
    "Auto-Submitted: auto-generated",
    ...unsubscribeHeaders(parts.unsubscribe),
    "MIME-Version: 1.0",
    `Content-Type: multipart/alternative;\r\n boundary="${boundary}"`,
  ];
  return [
    ...headers,
    "",
    ...part(boundary, "text/plain", parts.text),
    ...part(boundary, "text/html", parts.html),
    `--${boundary}--`,
    "",
  ].join("\r\n");
}

/** RFC 2369 and, for https only as RFC 8058 has it, the promise that a POST is enough. */
function unsubscribeHeaders(unsubscribe: MailParts["unsubscribe"]): string[] {
  if (unsubscribe === undefined || !URL.canParse(unsubscribe.url)) return [];
  // Serialised anew: no blank, control character or angle bracket is left.
  const url = new URL(unsubscribe.url);
  if (url.protocol !== "https:" && url.protocol !== "http:") return [];
  return [
    `List-Unsubscribe: <${url.href}>`,
    ...(unsubscribe.oneClick && url.protocol === "https:"
      ? ["List-Unsubscribe-Post: List-Unsubscribe=One-Click"]
      : []),
  ];
}

// A body encoded so never holds "=_": the boundary can't occur in it.
const part = (boundary: string, type: string, content: string): string[] => [
  `--${boundary}`,
  `Content-Type: ${type}; charset=utf-8`,
  "Content-Transfer-Encoding: quoted-printable",
  "",
  quotedPrintable(content),
];
