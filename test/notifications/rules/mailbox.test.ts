// Email addresses, as the configuration and the mail channel parse and validate them.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  isAddress,
  isAscii,
  parseMailbox,
  withAsciiDomain,
} from "../../../src/notifications/channels/mail/rules/mailbox.ts";

const anyText = fc.string({ unit: "binary" });

describe("an address", () => {
  test.each([
    ["belfry@example.com", "", "belfry@example.com"],
    ["  Belfry <belfry@example.com> ", "Belfry", "belfry@example.com"],
    ["<belfry@example.com>", "", "belfry@example.com"],
    ['"Belfry, the \\"bell\\" tower" <b@example.com>', 'Belfry, the "bell" tower', "b@example.com"],
    ["Glöckchen 🔔 <b@example.com>", "Glöckchen 🔔", "b@example.com"],
    ["b+c.d@localhost", "", "b+c.d@localhost"],
    ["root@[127.0.0.1]", "", "root@[127.0.0.1]"],
    ["root@[IPv6:::1]", "", "root@[IPv6:::1]"],
  ])("%j is parsed", (text, name, address) => {
    expect(parseMailbox(text)).toEqual({ name, address });
  });

  test.each([
    "",
    "Belfry",
    "a@b, c@d",
    "a@b c@d",
    "A <a@b>, B <c@d>",
    "A, B <a@b>",
    "Team: a@b;",
    "<a@b> <c@d>",
    "a@b@c",
    "A <a@b",
    "a b@c",
    "a@",
    "@b",
    "a..b@c",
    ".a@c",
    "a@b..c",
    "a@b\nc",
    "A\r\nBcc: x <a@b>",
    '"open <a@b>',
    "a@b.",
    `${"a".repeat(65)}@b`,
    `a@${"b".repeat(260)}`,
    "a(c)@b",
    "a\u200b@b",
    "a@b\u202e.c",
  ])("%j is invalid", (text) => {
    expect(parseMailbox(text)).toBeUndefined();
  });

  test("never contains what would end a command or a header", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const found = parseMailbox(text);
        if (found === undefined) return;
        expect(found.address).not.toMatch(/[\s<>,]|\p{Cc}/u);
        expect(found.name).not.toMatch(/\p{Cc}/u);
        expect(isAddress(found.address)).toBe(true);
      }),
    );
  });

  test("has its domain in ASCII on the wire", () => {
    expect(["a@bücher.example", "ä@example.com", "a@[::1]"].map(withAsciiDomain)).toEqual([
      "a@xn--bcher-kva.example",
      "ä@example.com",
      "a@[::1]",
    ]);
  });

  test("keeps a domain that can't be encoded", () => {
    expect(withAsciiDomain("a@ä b.example")).toBe("a@ä b.example");
  });

  test.each([
    ["a b~", true],
    ["", true],
    ["ä", false],
    ["a\n", false],
  ])("%j is printable ASCII: %s", (text, expected) => expect(isAscii(text)).toBe(expected));
});
