// Host names of links: encoded where they lead, as written where they are read.
import { expect, test } from "vitest";
import { domainToASCII } from "node:url";
import { toInlineHtml } from "../../../src/notifications/texts/rules/markdown.ts";
import ours from "../../../src/notifications/texts/rules/punycode.ts";

test.each(["example.com", "münchen.example", "例え.テスト", "a.b-c.example", "xn--mnchen-3ya.example"])(
  "%s is encoded as by Node",
  (host) => {
    expect(ours.toASCII(host)).toBe(domainToASCII(host));
  },
);

test("what no URL can have stays", () => {
  expect(ours.toASCII("a b")).toBe("a b");
  expect(ours.toUnicode("xn--mnchen-3ya.example")).toBe("xn--mnchen-3ya.example");
});

test("a link shows what was written, and leads to the encoded name", () => {
  const html = toInlineHtml("https://münchen.example/x and https://xn--mnchen-3ya.example");
  expect(html).toContain('href="https://xn--mnchen-3ya.example/x"');
  expect(html).toContain(">https://münchen.example/x</a>");
  expect(html).toContain(">https://xn--mnchen-3ya.example</a>");
});
