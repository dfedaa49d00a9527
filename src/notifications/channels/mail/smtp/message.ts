// A mail as it goes over the wire: headers, then the same content as text and as HTML. Text outside plain ASCII travels as
// encoded words in headers (RFC 2047) and as quoted-printable in bodies (RFC 2045). Pure.
import { isAscii, type Mailbox } from "../rules/mailbox.ts";

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

const longestHeaderLine = 76;
const longestBodyLine = 76;
/** Bytes in one encoded word: 52 characters of base64 and 12 around them fit behind any header's name. */
const wordBytes = 39;

/** One line, without anything that could end it or that doesn't show. */
export const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();

/** `Name: words`, folded; words outside ASCII are encoded, never in the middle of a character. */
export function textHeader(name: string, value: string): string {
  const words = oneLine(value);
  const plain = isAscii(words) && !words.includes("=?") ? fold(`${name}: ${words}`) : undefined;
  if (plain !== undefined) return plain;
  return `${name}: ${encodedWords(words).join("\r\n ")}`;
}

/** `Name: Somebody <somebody@example.com>`; addresses are checked before they come here. */
export function addressHeader(name: string, { name: words, address }: Mailbox): string {
  const shown = oneLine(words);
  if (shown === "") return `${name}: ${address}`;
  const phrase = asPhrase(shown);
  const joint = name.length + phrase.length + address.length + 5 > longestHeaderLine ? "\r\n " : " ";
  return `${name}: ${phrase}${joint}<${address}>`;
}

function asPhrase(words: string): string {
  if (!isAscii(words) || words.includes("=?") || words.length > 60) return encodedWords(words).join("\r\n ");
  return /^[\w!#$%&'*+\-/=?^`{|}~ ]+$/.test(words) ? words : `"${words.replaceAll(/["\\]/g, "\\$&")}"`;
}

/** Breaks before blanks; undefined when a word is too long for any line. */
function fold(header: string): string | undefined {
  const lines: string[] = [];
  let line = "";
  for (const [index, word] of header.split(" ").entries()) {
    if (index > 1 && line.length + 1 + word.length > longestHeaderLine) {
      lines.push(line);
      line = ` ${word}`;
    } else {
      line = index === 0 ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.some(({ length }) => length > longestHeaderLine) ? undefined : lines.join("\r\n");
}

function encodedWords(text: string): string[] {
  const words: string[] = [];
  let part = "";
  for (const character of text) {
    if (Buffer.byteLength(part + character) > wordBytes) {
      words.push(part);
      part = "";
    }
    part += character;
  }
  words.push(part);
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString("base64")}?=`);
}

/** Lines of at most 76 characters of ASCII that end in CRLF. */
export function quotedPrintable(text: string): string {
  return text
    .toWellFormed()
    .split(/\r\n|\r|\n/)
    .map((line) => softLines(line).join("=\r\n"))
    .join("\r\n");
}

function softLines(line: string): string[] {
  const lines: string[] = [];
  let current = "";
  const characters = [...line];
  for (const [index, character] of characters.entries()) {
    const last = index === characters.length - 1;
    const shown = quoted(character, last);
    // Room for the "=" that says that the line goes on.
    if (current.length + shown.length > longestBodyLine - (last ? 0 : 1)) {
      lines.push(current);
      current = "";
    }
    current += shown;
  }
  lines.push(current);
  return lines;
}

/** Blanks at the end of a line would get lost on the way. */
function quoted(character: string, last: boolean): string {
  const isPlain = /^[\x21-\x3c\x3e-\x7e]$/.test(character) || (!last && /^[ \t]$/.test(character));
  if (isPlain) return character;
  return [...Buffer.from(character)]
    .map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, "0")}`)
    .join("");
}
