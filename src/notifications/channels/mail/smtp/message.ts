// A mail as it is transmitted: headers, then the content as text and as HTML. Text outside ASCII is encoded: as encoded
// words in headers (RFC 2047), as quoted-printable in bodies (RFC 2045). Pure.
import { isAscii, type Mailbox } from "../rules/mailbox.ts";

export interface MailFields {
  from: Mailbox;
  to: Mailbox;
  subject: string;
  /** Epoch milliseconds. */
  date: number;
  /** The message's id: the same at each attempt, so that receivers can recognize duplicates. */
  id: string;
  /** The host in `Message-ID`. */
  host: string;
  text: string;
  html: string;
  /** The page that disables this kind; undefined for kinds that can't be disabled. */
  unsubscribe?: { url: string; oneClick: boolean } | undefined;
}

/** Lines end in CRLF; everything is ASCII unless an address isn't. */
export function buildMail(mail: MailFields): string {
  const boundary = `=_${mail.id.replaceAll(/[^\w-]/g, "").slice(0, 60)}`;
  const headers = [
    addressHeader("From", mail.from),
    addressHeader("To", mail.to),
    textHeader("Subject", mail.subject),
    `Date: ${new Date(mail.date).toUTCString().replace(/GMT$/, "+0000")}`,
    `Message-ID: <${mail.id.replaceAll(/[^\w.-]/g, "")}@${mail.host.replaceAll(/[^\w.:[\]-]/g, "")}>`,
    "Auto-Submitted: auto-generated",
    ...unsubscribeHeaders(mail.unsubscribe),
    "MIME-Version: 1.0",
    `Content-Type: multipart/alternative;\r\n boundary="${boundary}"`,
  ];
  return [
    ...headers,
    "",
    ...bodyPart(boundary, "text/plain", mail.text),
    ...bodyPart(boundary, "text/html", mail.html),
    `--${boundary}--`,
    "",
  ].join("\r\n");
}

/** RFC 2369 and, for https only, one-click unsubscription (RFC 8058). */
function unsubscribeHeaders(unsubscribe: MailFields["unsubscribe"]): string[] {
  if (unsubscribe === undefined || !URL.canParse(unsubscribe.url)) return [];
  // Serialised: no blank, control character or angle bracket is left.
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
const bodyPart = (boundary: string, type: string, content: string): string[] => [
  `--${boundary}`,
  `Content-Type: ${type}; charset=utf-8`,
  "Content-Transfer-Encoding: quoted-printable",
  "",
  quotedPrintable(content),
];

const maxHeaderLine = 76;
const maxBodyLine = 76;
/** Bytes in one encoded word: 52 characters of base64 and 12 around them fit behind any header's name. */
const maxEncodedWordBytes = 39;

/** As one line, without control characters and line separators. */
export const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();

/** `Name: value`, folded; text outside ASCII is encoded, never split within a character. */
export function textHeader(name: string, value: string): string {
  const text = oneLine(value);
  const plain = isAscii(text) && !text.includes("=?") ? fold(`${name}: ${text}`) : undefined;
  if (plain !== undefined) return plain;
  return `${name}: ${encodedWords(text).join("\r\n ")}`;
}

/** `Name: Somebody <somebody@example.com>`; addresses are checked before they come here. */
export function addressHeader(name: string, { name: displayName, address }: Mailbox): string {
  const shown = oneLine(displayName);
  if (shown === "") return `${name}: ${address}`;
  const phrase = asPhrase(shown);
  const separator = name.length + phrase.length + address.length + 5 > maxHeaderLine ? "\r\n " : " ";
  return `${name}: ${phrase}${separator}<${address}>`;
}

function asPhrase(text: string): string {
  if (!isAscii(text) || text.includes("=?") || text.length > 60) return encodedWords(text).join("\r\n ");
  return /^[\w!#$%&'*+\-/=?^`{|}~ ]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

/** Folds before blanks; undefined if a word is longer than a line. */
function fold(header: string): string | undefined {
  const lines: string[] = [];
  let line = "";
  for (const [index, word] of header.split(" ").entries()) {
    if (index > 1 && line.length + 1 + word.length > maxHeaderLine) {
      lines.push(line);
      line = ` ${word}`;
    } else {
      line = index === 0 ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.some(({ length }) => length > maxHeaderLine) ? undefined : lines.join("\r\n");
}

function encodedWords(text: string): string[] {
  const words: string[] = [];
  let chunk = "";
  for (const character of text) {
    if (Buffer.byteLength(chunk + character) > maxEncodedWordBytes) {
      words.push(chunk);
      chunk = "";
    }
    chunk += character;
  }
  words.push(chunk);
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString("base64")}?=`);
}

/** Lines of at most 76 characters of ASCII that end in CRLF. */
export function quotedPrintable(text: string): string {
  return text
    .toWellFormed()
    .split(/\r\n|\r|\n/)
    .map((line) => softLines(line.replaceAll(unsafe, quoted)))
    .join("\r\n");
}

/** Everything but visible ASCII without "=" and blanks; a blank at the end of a line, which servers remove. */
const unsafe = /[^\t\x20-\x3c\x3e-\x7e]+|[\t ]$/g;

/** Most are the equals signs of HTML's attributes. */
const quoted = (text: string): string =>
  text === "=" ? "=3D" : Buffer.from(text).toString("hex").toUpperCase().replaceAll(/../g, "=$&");

/** Breaks an encoded line where no character's bytes are parted: each is `=` with two digits. */
function softLines(line: string): string {
  let [lines, rest] = ["", line];
  while (rest.length > maxBodyLine) {
    let end = maxBodyLine - 1;
    const cut = rest.slice(end - 2, end).indexOf("=");
    if (cut >= 0) end += cut - 2;
    // The later bytes of a character in UTF-8 are 80 to BF.
    while (/^=[89AB]/.test(rest.slice(end, end + 2))) end -= 3;
    lines += `${rest.slice(0, end)}=\r\n`;
    rest = rest.slice(end);
  }
  return lines + rest;
}
