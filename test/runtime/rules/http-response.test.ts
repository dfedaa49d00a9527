// What is read of responses of webhook receivers: the status, the end of the body, and whether the connection is used again.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bodyEnd, parseHead, type Head } from "../../../src/runtime/rules/http-response.ts";

const headOf = (lines: string): Head => parseHead(`HTTP/1.1 ${lines}\r\n\r\n`) as Head;

/** The end of the body, where "|" stands in the text. */
const endOf = (text: string) => {
  const whole = text.replace("|", "");
  return { found: bodyEnd(parseHead(whole) as Head, whole), expected: text.indexOf("|") };
};

describe("the head of a response", () => {
  test.each([
    ["204 No Content", 204],
    ["204", 204],
    ["200 ", 200],
    ["410 Gon\u00e9", 410],
    ["599 Odd", 599],
    ["101 Switching Protocols", 101],
  ])("%s", (line, status) => expect(headOf(line)).toMatchObject({ status, keepMs: 10_000 }));

  test.each([
    "220 mail.example.com ESMTP\r\n",
    "SSH-2.0-OpenSSH_9.6\r\n",
    "HTTP/2.0 200 OK\r\n\r\n",
    "HTTP/1.2 200 OK\r\n\r\n",
    "HTTP/1.1 20 OK\r\n\r\n",
    "HTTP/1.1 2000 OK\r\n\r\n",
    "HTTP/1.1 099 OK\r\n\r\n",
    "HTTP/1.1  200 OK\r\n\r\n",
    `HTTP/1.1 200 OK\r\nx: ${"x".repeat(20_000)}`,
    "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1_000),
  ])("is not in %j", (text) => expect(parseHead(text)).toBe("invalid"));

  test("comes after 1xx", () => {
    const text =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nlink: x\r\n\r\nHTTP/1.1 201 Created\r\n\r\n";
    expect(parseHead(text)).toMatchObject({ status: 201, length: text.length, headers: new Map() });
  });

  test("has headers by name in lower case, and joins those of one name", () => {
    const { headers } = headOf("503 No\r\nRetry-After:\t 7 \r\nVary: a\r\nvary:b\r\nEmpty:");
    expect(Object.fromEntries(headers)).toEqual({ "retry-after": "7", vary: "a, b", empty: "" });
  });

  test("is there once its last byte is", () => {
    const text = "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    fc.assert(
      fc.property(fc.nat(text.length - 1), (end) => {
        expect(parseHead(text.slice(0, end))).toBe("incomplete");
      }),
    );
  });
});

describe("a connection is kept", () => {
  test.each([
    ["HTTP/1.1 204 x", 10_000],
    ["HTTP/1.1 204 x\r\nConnection: Close", 0],
    ["HTTP/1.1 204 x\r\nconnection: x , close", 0],
    ["HTTP/1.0 204 x", 0],
    ["HTTP/1.0 204 x\r\nconnection: Keep-Alive", 10_000],
    ["HTTP/1.1 204 x\r\nkeep-alive: timeout=5", 4_000],
    ["HTTP/1.1 204 x\r\nkeep-alive: max=3, timeout=1", 0],
    ["HTTP/1.1 204 x\r\nkeep-alive: timeout=0", 0],
    ["HTTP/1.1 204 x\r\nkeep-alive: timeout=600", 10_000],
    ["HTTP/1.1 204 x\r\nkeep-alive: max=100", 10_000],
    ["HTTP/1.1 204 x\r\nno colon", 0],
    ["HTTP/1.1 204 x\r\nfolded: a\r\n b", 0],
    ["HTTP/1.1 204 x\r\nbad: \u0001", 0],
  ])("%j: %d ms", (text, keepMs) => expect(parseHead(`${text}\r\n\r\n`)).toMatchObject({ keepMs }));
});

describe("a body ends", () => {
  test.each([
    "HTTP/1.1 204 x\r\n\r\n|",
    "HTTP/1.1 304 x\r\ncontent-length: 0\r\n\r\n|",
    "HTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\n|",
    "HTTP/1.1 200 x\r\ncontent-length: 2\r\n\r\nok|",
    "HTTP/1.1 200 x\r\ncontent-length: 2\r\n\r\nok|more",
    "HTTP/1.1 200 x\r\ntransfer-encoding: Chunked\r\n\r\n0\r\n\r\n|",
    "HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\nA ;x=y\r\n0123456789\r\n0\r\n\r\n|more",
    "HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\n1\r\n0\r\n0\r\ntrailer: x\r\n\r\n|",
  ])("%j", (text) => {
    const { found, expected } = endOf(text);
    expect(found).toBe(expected);
  });

  test.each([
    "HTTP/1.1 101 x\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 204 x\r\ncontent-length: 2\r\n\r\nok",
    "HTTP/1.1 204 x\r\ntransfer-encoding: chunked\r\n\r\n",
    "HTTP/1.1 200 x\r\n\r\n",
    "HTTP/1.1 200 x\r\ncontent-length: 2, 2\r\n\r\nok",
    "HTTP/1.1 200 x\r\ncontent-length: -1\r\n\r\n",
    "HTTP/1.1 200 x\r\ncontent-length: 0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 x\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\n2\r\nlong\r\n",
  ])("nobody knows where: %j", (text) => expect(endOf(text).found).toBe("unknown"));

  test.each([
    "HTTP/1.1 200 x\r\ncontent-length: 2\r\n\r\nok",
    "HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n10;a\r\n0123456789abcdef\r\n0\r\na: b\r\n\r\n",
  ])("with its last byte: %j", (text) => {
    const start = text.indexOf("\r\n\r\n") + 4;
    for (let end = start; end < text.length; end += 1)
      expect(endOf(text.slice(0, end)).found).toBe("incomplete");
    expect(endOf(text).found).toBe(text.length);
  });
});
