// The content of an email, as text and as HTML: title, greeting, body, action links, and a footer that says why the reader
// gets it and how to unsubscribe. Pure.
import type { Action } from "../../../../db/schema.ts";
import { toHtml, toInlineHtml, toPlainText } from "../../texts/rules/markdown.ts";
import { whyYouGetThis } from "../../outbox/rules/reasons.ts";
import { oneLine } from "./smtp/message.ts";

export interface MailContent {
  /** The recipient's name; may be empty. */
  name: string;
  /** Markdown, both. */
  title: string;
  body: string;
  actions: readonly Action[];
  /** The access URL without a trailing slash. */
  baseUrl: string;
  /** The kind of notification. */
  kind: { name: string };
  /** Reason codes of the message. */
  reasons: readonly string[];
  /** The page that disables this kind; null for kinds that can't be disabled. */
  unsubscribeUrl: string | null;
  year: number;
}

export interface RenderedMail {
  subject: string;
  text: string;
  html: string;
}

export function renderMail(content: MailContent): RenderedMail {
  const subject = oneLine(toPlainText(content.title)) || "Notification";
  const actions = content.actions.flatMap(({ label, url }) => {
    const target = linkTarget(url, content.baseUrl);
    return target === null ? [] : [{ label: oneLine(label) || target, url: target }];
  });
  return {
    subject,
    text: asText({ ...content, actions }, subject),
    html: asHtml({ ...content, actions }, subject),
  };
}

const settingsUrl = (baseUrl: string): string => `${baseUrl}/settings/notifications`;

/** Paths of Belfry become whole URLs; null for links that a mail must not have. */
function linkTarget(url: string, baseUrl: string): string | null {
  const absolute = /^\/(?![/\\])/.test(url) ? baseUrl + url : url;
  return /^(https?:\/\/|mailto:)\S+$/i.test(absolute) && URL.canParse(absolute)
    ? new URL(absolute).href
    : null;
}

function asText(content: MailContent, subject: string): string {
  const { name, body, actions, kind, reasons, baseUrl, unsubscribeUrl, year } = content;
  const footer = [
    ...why(reasons),
    unsubscribeUrl === null ? alwaysOn(kind) : `${unsubscribeLabel(kind)}: ${unsubscribeUrl}`,
    `Notification settings: ${settingsUrl(baseUrl)}`,
    `Belfry, ${year}: ${baseUrl}`,
  ];
  const paragraphs = [
    `${subject}\n${"=".repeat(Math.min(subject.length, 72))}`,
    greeting(name),
    toPlainText(body),
    ...actions.map(({ label, url }) => `${label}:\n${url}`),
    `-- \n${footer.join("\n")}`,
  ];
  return `${paragraphs.filter((paragraph) => paragraph !== "").join("\n\n")}\n`;
}

function why(reasons: readonly string[]): string[] {
  const text = whyYouGetThis(reasons);
  return text === undefined ? [] : [text];
}

const unsubscribeLabel = ({ name }: MailContent["kind"]): string => `Unsubscribe from “${oneLine(name)}”`;

const alwaysOn = ({ name }: MailContent["kind"]): string => `“${oneLine(name)}” can't be turned off.`;

const greeting = (name: string): string => (oneLine(name) === "" ? "Hello," : `Hello ${oneLine(name)},`);

export const escapeHtml = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");

// Inline colours are for clients without support of style sheets; the sheet has the dark mode.
const font = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const sheet = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
.body a { color: #29509f; }
.body h1, .body h2, .body h3 { font-size: 17px; line-height: 1.3; }
.body pre { background: #f1eee6; border-radius: 6px; overflow-x: auto; padding: 12px; white-space: pre-wrap; }
.body code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 14px; overflow-wrap: anywhere; }
.body blockquote { border-left: 3px solid #8b8577; margin-left: 0; padding-left: 12px; }
.body th, .body td { border-bottom: 1px solid #e2ddd2; padding: 4px 12px 4px 0; }
@media (prefers-color-scheme: dark) {
  .paper { background: #12151b !important; }
  .sheet { background: #1a1f27 !important; border-color: #2d343f !important; }
  .ink, .body * { color: #e7e9ee !important; }
  .muted { color: #a3acba !important; }
  .body pre { background: #242b36; }
  .body th, .body td { border-color: #2d343f; }
  .body a, .muted a { color: #a8c1f8 !important; }
  .button { background: #a8c1f8 !important; color: #121b30 !important; }
}`;

function asHtml(content: MailContent, subject: string): string {
  const { name, title, body, actions, kind, reasons, baseUrl, unsubscribeUrl, year } = content;
  const buttons = actions
    .map(
      ({ label, url }) =>
        `<a class="button" href="${escapeHtml(url)}" style="${button}">${escapeHtml(label)}</a>`,
    )
    .join("\n");
  const footer = [
    ...why(reasons).map(escapeHtml),
    unsubscribeUrl === null ? escapeHtml(alwaysOn(kind)) : footerLink(unsubscribeUrl, unsubscribeLabel(kind)),
    footerLink(settingsUrl(baseUrl), "Notification settings"),
    `Belfry, ${year}: ${footerLink(baseUrl, baseUrl)}`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>${sheet}
</style>
</head>
<body class="paper" style="margin:0;padding:0;background:#f6f4ef">
<table class="paper" role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f6f4ef"><tr>
<td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;text-align:left">
<tr><td class="sheet ink" style="background:#fffefb;border:1px solid #e2ddd2;border-radius:12px;padding:24px;color:#1d2430;${font};font-size:16px;line-height:1.5">
<h1 class="ink" style="margin:0 0 16px;font-size:22px;line-height:1.3">${withAbsoluteLinks(toInlineHtml(title), baseUrl).trim() || escapeHtml(subject)}</h1>
<p style="margin:0 0 12px">${escapeHtml(greeting(name))}</p>
<div class="body">
${withAbsoluteLinks(toHtml(body), baseUrl)}</div>
${buttons}
</td></tr>
<tr><td class="muted" style="padding:16px 24px;color:#596270;${font};font-size:13px;line-height:1.6">
${footer.join("<br>\n")}
</td></tr>
</table>
</td></tr></table>
</body>
</html>
`;
}

const button =
  "display:inline-block;margin:12px 12px 0 0;padding:10px 18px;border-radius:8px;background:#2b4687;color:#ffffff;text-decoration:none;font-weight:600";

const footerLink = (url: string, label: string): string =>
  `<a href="${escapeHtml(url)}" style="color:#29509f">${escapeHtml(label)}</a>`;

/** Paths of Belfry become whole URLs. Text is escaped, so this matches links only. */
const withAbsoluteLinks = (html: string, baseUrl: string): string =>
  html.replaceAll('<a href="/', `<a href="${escapeHtml(baseUrl)}/`);
