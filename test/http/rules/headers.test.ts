// What request headers and targets say: a table of values for each rule.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  defaultHeaders,
  fileHeaders,
  fixedHeaders,
  refuseTarget,
} from "../../../src/http/rules/default-headers.ts";
import {
  basicPassword,
  bearerToken,
  decodeText,
  isOwnOrigin,
  parseIdempotencyKey,
  parseRequestTarget,
} from "../../../src/http/rules/headers.ts";
import { access, here, table, valueOf } from "../../support/origins.ts";

const basic = (text: string) => `Basic ${Buffer.from(text, "latin1").toString("base64")}`;

test.each([
  [undefined, undefined],
  ["", undefined],
  ["Bearer", undefined],
  ["Bearer abc", "abc"],
  ["bearer   abc", "abc"],
  [basic("a:b"), undefined],
])("bearer token of %j: %j", (header, token) => {
  expect(bearerToken(header)).toBe(token);
});

test.each([
  [undefined, undefined],
  ["Bearer abc", undefined],
  [basic("ada:secret"), "secret"],
  [basic("ada:a:b"), "a:b"],
  [basic(":secret"), "secret"],
  [basic("no colon"), undefined],
  ["Basic a===", undefined],
])("Basic password of %j: %j", (header, password) => {
  expect(basicPassword(header)).toBe(password);
});

test.each([
  ["abc", "abc"],
  ['  "a \\"quoted\\" key"  ', 'a "quoted" key'],
  ['"a\\\\b"', "a\\b"],
  ["x".repeat(255), "x".repeat(255)],
  ["x".repeat(256), undefined],
  ["", undefined],
  ['"', undefined],
  ['"a"b"', undefined],
  ["ä", undefined],
  ["a\tb", undefined],
])("Idempotency-Key %j: %j", (header, key) => {
  expect(parseIdempotencyKey(header)).toBe(key);
});

test.each<[number[], string, ReturnType<typeof decodeText>]>([
  [[0xc3, 0xa4], "text/plain", { ok: true, text: "ä" }],
  [[0xe4], "text/plain; charset=latin1", { ok: true, text: "ä" }],
  [[0xe4], 'text/plain; charset="ISO-8859-1"', { ok: true, text: "ä" }],
  [[0xfe, 0xff, 0, 0xe4], "text/plain; charset=utf-16", { ok: true, text: "ä" }],
  [[0xff, 0xfe, 0xe4, 0], "text/plain; charset=utf-16", { ok: true, text: "ä" }],
  [[0xe4], "text/plain", { ok: false, status: 400, problem: expect.stringContaining("not valid utf-8") }],
  [
    [],
    "text/plain; charset=klingon",
    { ok: false, status: 415, problem: expect.stringContaining("klingon") },
  ],
])("bytes %j as %s", (bytes, type, expected) => {
  expect(decodeText(new Uint8Array(bytes), type)).toEqual(expected);
});

test.each(table)("Sec-Fetch-Site %j with Origin %j: %j", (site, origin, expected) => {
  const facts = { secFetchSite: valueOf(site), origin: valueOf(origin), requestOrigin: here };
  expect(isOwnOrigin({ ...facts, accessUrl: `${access}/somewhere` })).toBe(expected);
});

const good: [target: string, url: string][] = [
  ["/", "http://here:4747/"],
  ["/inbox?a=//b&c=?", "http://here:4747/inbox?a=//b&c=?"],
  ["/a//b", "http://here:4747/a//b"],
  ["/login?next=https://evil.example.com", "http://here:4747/login?next=https://evil.example.com"],
];
test.each(good)("%s is accepted", (target, url) => {
  expect(parseRequestTarget(target, ["here:4747"])).toEqual({ ok: true, url });
});

test.each(["/inbox", "/api/v2/users/me?after=5&q=a.b", "/a..b/~c", "/a/b-c.d?"])(
  "%s is the URL that a parser reads",
  (target) => {
    const url = `https://here:4747${target}`;
    expect(parseRequestTarget(target, ["here:4747"], "https")).toEqual({ ok: true, url });
    expect(new URL(url).href).toBe(url);
  },
);

const badTargets = [
  "//evil.example.com/api/v2/notifications/inbox/watch",
  "//evil.example.com",
  "///",
  "/\\evil.example.com/",
  "\\\\evil.example.com/",
  "/.//evil.example.com/",
  "/a/..//evil.example.com/",
  "/%2e//evil.example.com/",
  "http://evil.example.com/inbox",
  "https://here:4747/inbox",
  "evil.example.com:443",
  "*",
  "",
  "inbox",
  "?q",
  "/a#b",
  "/a\tb",
];
test.each(badTargets)("%j is refused", (target) => {
  expect(parseRequestTarget(target, ["here:4747"]).ok).toBe(false);
});

test.each([
  [["here"], true],
  [["[::1]:4747"], true],
  [["127.0.0.1:80"], true],
  [["a.b-c.example.com:65535"], true],
  [[], false],
  [[""], false],
  [["here", "here"], false],
  [["here,evil.example.com"], false],
  [["here evil"], false],
  [["here/evil"], false],
  [["user@here"], false],
  [["here\\evil"], false],
  [["here?x"], false],
  [["here:x"], false],
  [["[::1"], false],
])("Host %j: %j", (hosts, expected) => {
  expect(parseRequestTarget("/", hosts).ok).toBe(expected);
});

/** Letters that host names, addresses and ports are made of, and others. */
const hostCharacters = fc.constantFrom(..."abx01925-.:nzA_", "xn--", ".255", "256");
test("a host is accepted where a URL parser accepts it, whichever way it is written", () => {
  fc.assert(
    fc.property(fc.array(hostCharacters, { minLength: 1, maxLength: 12 }), (characters) => {
      const host = characters.join("");
      const { ok } = parseRequestTarget("/inbox", [host]);
      // The longer way: a colon is no part of a plain target.
      expect(parseRequestTarget("/inbox:", [host]).ok).toBe(ok);
    }),
    { numRuns: 2_000 },
  );
});

test("files that pages load are kept for a year, and anything else is not", () => {
  expect(fileHeaders["cache-control"]).toContain("immutable");
  expect(defaultHeaders["cache-control"]).toBe("no-store");
  expect(fixedHeaders["permissions-policy"]).toContain("camera=()");
});

test("an invalid target is refused with the headers of everything else", async () => {
  const refused = refuseTarget("Not a path.");
  expect(refused.status).toBe(400);
  expect(await refused.json()).toEqual({ message: "Not a path." });
  for (const [name, value] of Object.entries({ ...defaultHeaders, ...fixedHeaders }))
    expect(refused.headers.get(name), name).toBe(value);
});
