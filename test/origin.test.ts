// Who may, as far as browsers are concerned: what their headers say of where a request comes from, and what follows.
import { expect, test } from "vitest";
import { isOwnOrigin } from "../src/api/rules/origin.ts";

const here = "http://127.0.0.1:4747";
const access = "https://belfry.example.com";
const elsewhere = "https://evil.example.com";

test.each([
  // Sec-Fetch-Site, Origin, whether it is let in.
  [null, null, true, "no browser"],
  [null, here, true, "an old browser, on the address that it was sent to"],
  [null, access, true, "an old browser behind a proxy"],
  [null, elsewhere, false, "an old browser on another site"],
  [null, "null", false, "a page in a sandbox, or one that hides where it is"],
  ["same-origin", null, true, "a page of ours"],
  ["same-origin", here, true, "a form of ours"],
  ["same-origin", access, true, "a form of ours behind a proxy"],
  ["none", null, true, "typed into the address bar"],
  ["same-site", here, false, "a neighbour under the same domain"],
  ["same-site", null, false, "a neighbour that hides its origin"],
  ["cross-site", null, false, "another site that hides its origin"],
  ["cross-site", here, false, "another site that claims to be here"],
  ["cross-site", elsewhere, false, "another site"],
  ["same-origin", elsewhere, false, "headers that contradict one another"],
  ["none", elsewhere, false, "likewise"],
  ["", here, false, "a value that is none"],
] as const)("Sec-Fetch-Site %j with Origin %j: %j (%s)", (secFetchSite, origin, expected, _what) => {
  const facts = { secFetchSite, origin, requestOrigin: here, accessUrl: `${access}/somewhere` };
  expect(isOwnOrigin(facts)).toBe(expected);
});
