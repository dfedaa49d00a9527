// The canonical form of email addresses.
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalEmail } from "../../../src/accounts/rules/profile.ts";

test.each([
  ["ada@example.com", "ada@example.com"],
  [" Ada@Example.COM ", "ada@example.com"],
  ["ÅSA@example.com", "åsa@example.com"],
  ["A\u030ASA@example.com", "åsa@example.com"],
  ["ada@BÜCHER.example", "ada@xn--bcher-kva.example"],
  ["ada@bu\u0308cher.example", "ada@xn--bcher-kva.example"],
  ["ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"],
  ["ada@ｅｘａｍｐｌｅ.com", "ada@example.com"],
  ["ada@例え。テスト", "ada@xn--r8jz45g.xn--zckzah"],
  ["ada@straße.example", "ada@xn--strae-oqa.example"],
  ["σίσυφος@example.com", "σίσυφος@example.com"],
  ["ada", "ada"],
  ["ada@bü cher.example", "ada@bü cher.example"],
  ["ada@büch/er@:80", "ada@büch/er@:80"],
])("the canonical form of %j is %j", (typed, canonical) => {
  expect(canonicalEmail(typed)).toBe(canonical);
});

test("the canonical form of a canonical form is itself", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.emailAddress(),
    fc.tuple(fc.string({ unit: "grapheme" }), fc.domain()).map((parts) => parts.join("@")),
  );
  fc.assert(
    fc.property(text, (typed) => {
      const once = canonicalEmail(typed);
      expect(canonicalEmail(once)).toBe(once);
    }),
  );
});
