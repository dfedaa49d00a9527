// What a session was created with, as a table.
import { expect, test } from "vitest";
import { describeUserAgent } from "../../../src/accounts/rules/user-agent.ts";

const webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Linux"],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/140.0 Safari/537.36 Edg/140.0`,
    "Edge on Windows",
  ],
  [`Mozilla/5.0 (Linux; Android 15) ${webkit} Chrome/140.0 Mobile Safari/537.36`, "Chrome on Android"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iOS"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", "Safari on macOS"],
  ["belfry-cli", "Belfry CLI"],
  ["coder-cli/v2.26.0 (linux/amd64; login)", "Coder CLI on Linux"],
  ["curl/8.9.1", "curl"],
  ["", "Unknown device"],
  ["   ", "Unknown device"],
])("%s", (text, description) => {
  expect(describeUserAgent(text)).toBe(description);
});
