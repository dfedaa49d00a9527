// What programs print for terminals as text: against a simple model that looks at one character after the other.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeText } from "../../../src/http/rules/headers.ts";
import { decodeHeaderText } from "../../../src/api/rules/header-text.ts";
import { byteLength, plainText } from "../../../src/kernel/rules/text.ts";
import { fitCustomText } from "../../../src/notifications/outbox/rules/custom-text.ts";

describe("text for terminals", () => {
  test.each([
    ["\u001B[1;31mred\u001B[0m \u009B4mline\u009Bm", "red line"],
    ["\u001B]0;title\u0007a\u001B]8;;https://x\u001B\\link\u001B]8;;\u001B\\", "alink"],
    ["\u009Dtitle\u009Ca\u001BPq#0\u001B\\b\u0090q\u009Cc\u001B_x\u001B\\d", "abcd"],
    ["a\u001B(Bb\u001B=c\u001B7d\u0085e\u007Ff\u0000g\u0008h", "abcdefgh"],
    ["cut \u001B]0;off\nnext \u001B[31", "cut \nnext "],
    ["10 %\r50 %\r100 %\nwindows\r\nDone\r\u001B[K\n\tend\r", "100 %\nwindows\nDone\n\tend"],
    ["\u001B\u001B[31mx\u001B\nyé", "x\nyé"],
  ])("%j is %j", (printed, text) => {
    expect(plainText(printed)).toBe(text);
  });

  type State = "text" | "escape" | "csi" | "csi-end" | "intermediate" | "string" | "string-escape";

  /** A terminal that shows nothing but letters. */
  function model(text: string): string {
    let state = "text" as State;
    let line: string[] = [""];
    const lines: string[] = [];
    const show = (character: string): void => {
      state = "text";
      const code = character.codePointAt(0)!;
      if (character === "\u001B") state = "escape";
      else if (character === "\u009B") state = "csi";
      else if ("\u0090\u0098\u009D\u009E\u009F".includes(character)) state = "string";
      else if (character === "\r") line.push("");
      else if (character === "\n") {
        lines.push(line.findLast((part) => part !== "") ?? "");
        line = [""];
      } else if (character === "\t" || (code >= 0x20 && code < 0x7f) || code >= 0xa0)
        line[line.length - 1] += character;
    };
    const isIn = (character: string, first: string, last: string) => character >= first && character <= last;
    const step: Record<State, (character: string) => void> = {
      text: show,
      escape: (character) => {
        if (character === "[") state = "csi";
        else if ("]PX^_".includes(character)) state = "string";
        else if (isIn(character, " ", "/")) state = "intermediate";
        else if (isIn(character, "0", "~")) state = "text";
        else show(character);
      },
      intermediate: (character) => {
        if (isIn(character, " ", "/")) return;
        if (isIn(character, "0", "~")) state = "text";
        else show(character);
      },
      csi: (character) => {
        if (isIn(character, "0", "?")) return;
        if (isIn(character, " ", "/")) state = "csi-end";
        else if (isIn(character, "@", "~")) state = "text";
        else show(character);
      },
      "csi-end": (character) => {
        if (isIn(character, " ", "/")) return;
        if (isIn(character, "@", "~")) state = "text";
        else show(character);
      },
      string: (character) => {
        if (character === "\u001B") state = "string-escape";
        else if ("\u0007\u009C".includes(character)) state = "text";
        else if ("\u0018\u001A\n".includes(character)) show(character);
      },
      "string-escape": (character) => {
        if (character === "\\") state = "text";
        else {
          state = "escape";
          step.escape(character);
        }
      },
    };
    for (const character of text) step[state](character);
    lines.push(line.findLast((part) => part !== "") ?? "");
    return lines.join("\n");
  }

  const piece = fc.constantFrom(
    ..."\u001B\u001B[]P\\;0m1 (B~\u0007\u009B\u009C\u009D\u0090\u0018\u0000\r\n\taé€😀\u007F\u0085",
  );

  test("agrees with a simple model for any text", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        expect(plainText(pieces.join(""))).toBe(model(pieces.join("")));
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    "\u001B",
    "\u001B[",
    "\u001B]",
    "\u001B[0",
    "\u001B[ ",
    "\u001B ",
    "\r",
    "\u009D",
    "\u001B[;;;",
    "x\r\n",
  ])(
    "a megabyte of %j is read once",
    (bit) => {
      const text = bit.repeat(1_000_000 / bit.length);
      expect(plainText(text)).toBe(bit === "x\r\n" ? text.replaceAll("\r", "") : "");
    },
    20_000,
  );
});

test("piped output keeps its end and a title its start, cut between characters", () => {
  const fits = { title: "é".repeat(60), message: "€".repeat(666) };
  expect(fitCustomText(fits)).toEqual({ ...fits, truncated: [] });
  const cut = fitCustomText({ title: `a\n\u001B[1mb${"é".repeat(60)}`, message: `${"€".repeat(700)}end\n` });
  expect(cut.title).toMatch(/^a b(é)+…$/);
  expect(cut.message).toMatch(/^…€+end$/);
  expect(cut.truncated).toEqual(["title", "message"]);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 3_000, minLength: 500 }), (text) => {
      const { title, message, truncated } = fitCustomText({ title: text, message: text });
      expect(byteLength(title)).toBeLessThanOrEqual(120);
      expect(byteLength(message)).toBeLessThanOrEqual(2_000);
      expect(text.trimEnd().endsWith(message.replace(/^…/, ""))).toBe(true);
      expect(truncated.includes("message")).toBe(byteLength(text.trimEnd()) > 2_000);
    }),
    { numRuns: 50 },
  );
});

test.each([
  ["Grüße", "Grüße"],
  [Buffer.from("Grüße €").toString("latin1"), "Grüße €"],
  [Buffer.from("Gr\u00FC\u00DFe", "latin1").toString("latin1"), "Grüße"],
  ["=?UTF-8?B?R3LDvMOfZQ==?= =?utf-8?q?_=E2=82=AC?= now", "Grüße € now"],
  ["=?ISO-8859-1?Q?Gr=FC=DFe?=", "Grüße"],
  ["=?nonsense?Q?x?= =?utf-8?Q?=FF?= =?utf-8?B?!?=", "=?nonsense?Q?x?= =?utf-8?Q?=FF?= =?utf-8?B?!?="],
  ["Build €", "Build €"],
])("a header's %j is %j", (value, text) => {
  expect(decodeHeaderText(value)).toBe(text);
});

test.each([
  ["text/plain", Buffer.from("Grüße €"), "Grüße €"],
  ["text/plain; charset=ISO-8859-1", Buffer.from("Grüße", "latin1"), "Grüße"],
  ['text/plain; x=y; charset="windows-1252"', Buffer.from([0x80, 0xfc]), "€ü"],
  ["text/plain;charset=utf-16", Buffer.from([0xfe, 0xff, 0x20, 0xac]), "€"],
  ["text/plain;charset=utf-16", Buffer.from([0xff, 0xfe, 0xac, 0x20]), "€"],
  ["text/plain;charset=utf-16be", Buffer.from([0x20, 0xac]), "€"],
  ["text/plain;charset=utf-16le", Buffer.from([0xac, 0x20]), "€"],
  ["text/plain;charset=utf-8", Buffer.from([0xef, 0xbb, 0xbf, 0x61]), "a"],
  ["text/plain", Buffer.from("Grüße", "latin1"), 400],
  ["text/plain;charset=utf-16le", Buffer.from([0xac]), 400],
  ["text/plain;charset=utf-32", Buffer.from("x"), 415],
  ["text/plain;charset=klingon", Buffer.from("x"), 415],
])("%s of %j is %j", (type, bytes, expected) => {
  const verdict = decodeText(bytes, type);
  expect(verdict.ok ? verdict.text : verdict.status).toBe(expected);
});
