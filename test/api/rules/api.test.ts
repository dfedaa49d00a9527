// The decisions of API routes: who can read metrics, how a database's state is described, which command a client runs.
import { describe, expect, test } from "vitest";
import { coderCommandOf, isForConnection } from "../../../src/api/rules/coder-command.ts";
import { describeDatabase } from "../../../src/api/rules/database-state.ts";
import { decodeHeaderText } from "../../../src/api/rules/header-text.ts";
import { checkMetricsAccess } from "../../../src/api/rules/metrics-access.ts";

describe("access to metrics", () => {
  const local = { address: "127.0.0.1", host: "localhost:4747", forwarded: false, authorization: undefined };
  const far = { ...local, address: "192.0.2.7", host: "belfry.example.com" };
  const secret = "a-token-for-the-scraper";

  test.each([
    ["a local client without a configured token", local, undefined, "allowed"],
    ["a local client with a configured token", local, secret, "allowed"],
    ["a remote client without a configured token", far, undefined, "hidden"],
    ["a remote client that guesses", { ...far, authorization: "Bearer x" }, undefined, "hidden"],
    ["a remote client without the token", far, secret, "refused"],
    ["a remote client with another token", { ...far, authorization: `Bearer ${secret}x` }, secret, "refused"],
    ["the token in another scheme", { ...far, authorization: `Basic ${secret}` }, secret, "refused"],
    ["a remote client with the token", { ...far, authorization: `Bearer ${secret}` }, secret, "allowed"],
    ["a local proxy", { ...local, forwarded: true }, secret, "refused"],
    ["a rebound host name", { ...local, host: "evil.example.com" }, secret, "refused"],
    ["a client of unknown address", { ...local, address: null }, secret, "refused"],
  ] as const)("%s", (_client, caller, token, verdict) => {
    expect(checkMetricsAccess(caller, token)).toBe(verdict);
  });
});

test.each([
  ["ok", "", null],
  ["no_migrations", "", "The database needs migration. Run: belfry admin migrate"],
  ["not_writable", "SQLITE_FULL", "The database can be read, but takes no writes: its disk is full."],
  ["not_writable", "", "The database can be read, but takes no writes."],
  ["unavailable", "SQLITE_IOERR_WRITE", "The database can't be used: its disk fails, or is full."],
  ["unavailable", "", "The database can't be used."],
] as const)("a database that is %s with code %j is described", (state, code, description) => {
  expect(describeDatabase(state, code)).toBe(description);
});

describe("the command of Coder's program", () => {
  const header = (value: unknown) => btoa(JSON.stringify(value));

  test.each([
    [header({ command: "coder ssh" }), "coder ssh"],
    [header({ command: 5 }), ""],
    [header("coder ssh"), ""],
    [btoa("no JSON"), ""],
    ["A", ""],
    ["no base64!", ""],
    ["A".repeat(4_097), ""],
    [undefined, ""],
  ])("of header %j is %j", (value, command) => {
    expect(coderCommandOf(value)).toBe(command);
  });

  test.each([
    ["coder ssh", true],
    ["coder open vscode", true],
    ["coder list", false],
    ["", false],
  ])("%j asks for a connection: %j", (command, isConnection) => {
    expect(isForConnection(command)).toBe(isConnection);
  });
});

test("a header's text of bytes above ASCII is UTF-8, or else Windows-1252", () => {
  expect(decodeHeaderText("GrÃ¼Ã\u009Fe")).toBe("Grüße");
  expect(decodeHeaderText("Grüße")).toBe("Grüße");
});
