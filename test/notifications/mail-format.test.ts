// What a mail looks like on the wire and to its reader: headers, encodings, text, HTML. No server.
import fc from "fast-check";
import PostalMime from "postal-mime";
import { describe, expect, test } from "vitest";
import { renderMail, type MailContent } from "../../src/notifications/channels/mail/content.ts";
import {
  buildMail,
  oneLine,
  quotedPrintable,
  type MailFields,
} from "../../src/notifications/channels/mail/smtp/message.ts";
import { toData } from "../../src/notifications/channels/mail/smtp/transmit.ts";

const usual: MailFields = {
  from: { name: "Belfry", address: "belfry@example.com" },
  to: { name: "Ada", address: "ada@example.com" },
  subject: "Build done",
  date: Date.parse("2026-11-21T10:00:00Z"),
  id: "01234567-89ab-7def-8123-456789abcdef",
  host: "belfry.example.com",
  text: "text\n",
  html: "<p>html</p>\n",
};
const names =
  "from to subject date message-id auto-submitted list-unsubscribe list-unsubscribe-post mime-version content-type".split(
    " ",
  );
/** Anything at all: control characters, line ends, halves of characters, what looks like headers. */
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.string({ unit: "grapheme", maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        "\r",
        "\n",
        "\r\nBcc: eve@example.com",
        "\u0000",
        "=?UTF-8?Q?",
        "?=",
        "🔔",
        "\ud83d",
        "a ",
        ',<>"\\;:',
      ),
    )
    .map((parts) => parts.join("")),
);

describe("a mail on the wire", () => {
  test("has these headers", () => {
    const mail = buildMail({
      ...usual,
      unsubscribe: { url: "https://belfry.example.com/unsubscribe?a=b&c=d", oneClick: true },
    });
    expect(mail.split("\r\n\r\n")[0]).toBe(
      [
        "From: Belfry <belfry@example.com>",
        "To: Ada <ada@example.com>",
        "Subject: Build done",
        "Date: Sat, 21 Nov 2026 10:00:00 +0000",
        "Message-ID: <01234567-89ab-7def-8123-456789abcdef@belfry.example.com>",
        "Auto-Submitted: auto-generated",
        "List-Unsubscribe: <https://belfry.example.com/unsubscribe?a=b&c=d>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative;",
        ' boundary="=_01234567-89ab-7def-8123-456789abcdef"',
      ].join("\r\n"),
    );
  });

  test("comes back as it was, whatever stands in names and subject, and has no header more", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyText, anyText, anyText, async (from, to, subject, id) => {
        const mail = buildMail({
          ...usual,
          from: { ...usual.from, name: from },
          to: { ...usual.to, name: to },
          subject,
          id,
          unsubscribe: { url: `https://belfry.example.com/${id}`, oneClick: true },
        });
        const [head = ""] = mail.split("\r\n\r\n");
        expect(head).toMatch(/^(?:[\x20-\x7e]+\r\n)*[\x20-\x7e]+$/);
        const lines = head
          .split("\r\n")
          .filter((line) => !line.startsWith("List-Unsubscribe") && !line.startsWith("Message-ID"));
        expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(76);
        const email = await PostalMime.parse(mail);
        expect(email.headers.map(({ key }) => key).toSorted()).toEqual(names.toSorted());
        expect(oneLine(email.subject ?? "")).toBe(oneLine(subject));
        expect(email.from).toEqual({ name: oneLine(from), address: usual.from.address });
        expect(email.to).toEqual([{ name: oneLine(to), address: usual.to.address }]);
        expect(email.text?.trimEnd()).toBe("text");
      }),
      { numRuns: 300 },
    );
  });

  test("promises one click only over https, and links nowhere else", () => {
    const header = (url: string) =>
      buildMail({ ...usual, unsubscribe: { url, oneClick: true } })
        .split("\r\n")
        .filter((line) => line.startsWith("List-"));
    expect(header("http://belfry.example.com/u")).toEqual([
      "List-Unsubscribe: <http://belfry.example.com/u>",
    ]);
    expect(header("https://a.example/>\r\nBcc: eve@example.com")).toEqual([
      "List-Unsubscribe: <https://a.example/%3EBcc:%20eve@example.com>",
      "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ]);
    expect([...header("javascript:alert(1)"), ...header("nonsense")]).toEqual([]);
  });

  test("keeps both bodies, in lines of at most 76 characters", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyText, async (text, html) => {
        const encoded = quotedPrintable(text);
        expect(encoded).toMatch(/^(?:[\x20-\x7e\t]{0,76}\r\n)*[\x20-\x7e\t]{0,76}$/);
        expect(encoded).not.toMatch(/[ \t](\r\n|$)/);
        // A boundary begins with what no encoded body has.
        expect(encoded).not.toContain("=_");
        // The parser ends a body with a line end of its own.
        const clean = (words: string) =>
          words
            .toWellFormed()
            .replaceAll(/\r\n|\r|\n/g, "\n")
            .replace(/\n+$/, "");
        const email = await PostalMime.parse(buildMail({ ...usual, text, html }));
        expect(clean(email.text ?? "")).toBe(clean(text));
        expect(clean(email.html ?? "")).toBe(clean(html));
      }),
      { numRuns: 200 },
    );
  });

  test("never ends before its end", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          fc.array(fc.constantFrom(".", "\r", "\n", "a", "\u2028")).map((parts) => parts.join("")),
        ),
        (message) => {
          const data = toData(message);
          expect(data.endsWith("\r\n")).toBe(true);
          expect(data).not.toMatch(/\r(?!\n)|(?<!\r)\n/);
          expect(`\r\n${data}`).not.toContain("\r\n.\r\n");
          const received = data.replaceAll(/(^|\r\n)\./g, "$1");
          const sent = message.replaceAll(/\r\n|\r|\n/g, "\r\n");
          expect(received).toBe(sent.endsWith("\r\n") ? sent : `${sent}\r\n`);
        },
      ),
    );
  });
});

describe("what a mail says", () => {
  const content: MailContent = {
    name: "Ada Lovelace",
    title: "Build **done**",
    body: "All *312* tests passed, see [the log](https://ci.example.com/7) or [here](/builds/7).",
    actions: [{ label: "View build", url: "https://belfry.example.com/builds/7" }],
    baseUrl: "https://belfry.example.com",
    kind: { name: "Custom Notification" },
    reasons: ["to_self", "deployment_default"],
    unsubscribeUrl: "https://belfry.example.com/unsubscribe?token=abc",
    year: 2026,
  };

  test("in plain text", () => {
    expect(renderMail(content)).toMatchObject({
      subject: "Build done",
      text: `Build done
==========

Hello Ada Lovelace,

All 312 tests passed, see the log (https://ci.example.com/7) or here (/builds/7).

View build:
https://belfry.example.com/builds/7

-- 
You get this because you sent it to yourself.
Unsubscribe from “Custom Notification”: https://belfry.example.com/unsubscribe?token=abc
Notification settings: https://belfry.example.com/settings/notifications
Belfry, 2026: https://belfry.example.com
`,
    });
  });

  test("in HTML has every link as a whole address and fetches nothing", () => {
    const { html } = renderMail(content);
    expect([...html.matchAll(/href="([^"]*)"/g)].map(([, url]) => url)).toEqual([
      "https://ci.example.com/7",
      "https://belfry.example.com/builds/7",
      "https://belfry.example.com/builds/7",
      "https://belfry.example.com/unsubscribe?token=abc",
      "https://belfry.example.com/settings/notifications",
      "https://belfry.example.com",
    ]);
    expect(html).toContain("<h1");
    expect(html).toContain("Build <strong>done</strong></h1>");
    expect(html).toContain("Hello Ada Lovelace,");
    expect(html).toContain("prefers-color-scheme: dark");
    expect(html).not.toMatch(/<(img|script|link|iframe|object)|url\(|@import|src=/);
  });

  test("lets no text become markup", () => {
    const evil = `"><script>alert(1)</script><img src=x>'&`;
    const { html, text } = renderMail({
      ...content,
      name: evil,
      title: evil,
      body: evil,
      actions: [{ label: evil, url: `https://a.example/?q=${encodeURIComponent(evil)}` }],
      unsubscribeUrl: `https://a.example/"><script>`,
    });
    expect(html).not.toMatch(/<script|<img/);
    expect(html.match(/&lt;script&gt;/g)!.length).toBeGreaterThanOrEqual(5);
    expect(text).toContain(`Hello ${evil},`);
  });

  test("has no button that leads to what a mail should not lead to", () => {
    const urls = [
      "javascript:alert(1)",
      "//evil.example",
      "/\\evil.example",
      "file:///etc",
      "https://a b",
      "nonsense",
    ];
    const { html, text } = renderMail({
      ...content,
      body: "Nothing.",
      actions: [...urls.map((url) => ({ label: "Button", url })), { label: "", url: "/inbox" }],
    });
    expect(html).not.toContain("Button");
    expect(text).not.toContain("Button");
    expect(html).toContain('href="https://belfry.example.com/inbox"');
    expect(text).toContain("https://belfry.example.com/inbox");
  });

  test("has no unsubscribe link for a kind that can't be disabled", () => {
    const { html, text } = renderMail({ ...content, unsubscribeUrl: null });
    expect(html + text).not.toContain("Unsubscribe");
    expect(text).toContain("“Custom Notification” can't be turned off.");
  });

  test("is complete without a name, a title or a body", () => {
    const bare = renderMail({ ...content, name: "", title: " ", body: "", actions: [] });
    expect(bare.subject).toBe("Notification");
    expect(bare.text.startsWith("Notification\n============\n\nHello,\n\n-- \n")).toBe(true);
    expect(bare.html).toContain("Notification</h1>");
  });
});
