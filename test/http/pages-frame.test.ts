// What stands around every page: the navigation of each role, also around documentation and errors.
import { expect, test } from "vitest";
import { siteRoles, type SiteRole } from "../../db/schema.ts";
import { cookieFor, get, startSignedIn } from "../support/pages.ts";
import { pages } from "../support/page-permissions.ts";
import { addUser } from "../support/server.ts";

const personal = ["Inbox", "Workspaces", "Tasks", "Agents", "Templates"];
const account = ["Notification settings", "Account settings", "Documentation"];
const deployment: Record<SiteRole | "member", string[]> = {
  owner: [
    "Delivery",
    "Send a notification",
    "Notification templates",
    "Receivers",
    "Rules",
    "Sources",
    "Prebuilds",
    "Users",
    "Groups",
    "Provisioner keys",
  ],
  "template-admin": ["Delivery", "Prebuilds", "Users", "Groups", "Provisioner keys"],
  "user-admin": ["Delivery", "Users", "Groups"],
  auditor: [
    "Delivery",
    "Notification templates",
    "Receivers",
    "Rules",
    "Sources",
    "Prebuilds",
    "Users",
    "Groups",
    "Provisioner keys",
  ],
  member: ["Delivery"],
};

interface Shown {
  labels: string[];
  groups: string[];
  current: string[];
}

function shown(page: { text: string }): Shown {
  const header = /<header.*<\/header>/s.exec(page.text)![0];
  const all = (pattern: RegExp) => [...header.matchAll(pattern)].map(([, found]) => found!.trim());
  return {
    labels: all(/<a\s+href="\/[a-z][^>]*>([^<]*)</g),
    groups: all(/<nav[^>]* aria-label="([^"]*)"/g),
    current: all(/<a\s[^>]*aria-current[^>]*>([^<]*)</g),
  };
}

test("each role finds the pages that it can open, in groups where there are many", async () => {
  const { server } = await startSignedIn();
  for (const role of [...siteRoles, "member"] as const) {
    const someone = await addUser(server, `a-${role}`, role === "member" ? [] : [role]);
    const { labels, groups } = shown(await get(server, "/inbox", cookieFor(someone.token)));
    expect([role, labels]).toEqual([role, [...personal, ...deployment[role], ...account]]);
    expect(groups).toEqual(role === "member" ? ["Main", "Account"] : ["Main", "Deployment", "Account"]);
  }
});

test("every page marks one entry: itself, or the list that it belongs to", async () => {
  const { server, cookie } = await startSignedIn();
  const current = async (path: string) => shown(await get(server, path, cookie)).current;
  expect(await current("/inbox?show=done")).toEqual(["Inbox"]);
  expect(await current("/prebuilds")).toEqual(["Prebuilds"]);
  expect(await current("/docs/install/node")).toEqual(["Documentation"]);
  expect(await current("/nowhere")).toEqual([]);
});

test("errors keep the frame of who is signed in, and show none to others", async () => {
  const { server, cookie } = await startSignedIn();
  const member = await addUser(server, "mia");
  const denied = await get(server, "/prebuilds", cookieFor(member.token));
  expect([denied.status, shown(denied).groups]).toEqual([403, ["Main", "Account"]]);
  for (const path of ["/nowhere", "/docs/none", "/inbox/items/none", "/tasks/none/none"]) {
    const page = await get(server, path, cookie);
    expect([path, page.status, shown(page).groups]).toEqual([path, 404, ["Main", "Deployment", "Account"]]);
    const foreign = await get(server, path, `${cookie.slice(0, -3)}xyz`);
    expect(foreign.text).not.toContain('aria-label="Main"');
  }
});

/** Pages of the deployment whose path names no thing. */
const ofDeployment = Object.keys(pages)
  .filter((route) => /^GET \/(deployment|prebuilds)\b[^:]*$/.test(route) && !route.endsWith("/send"))
  .map((route) => route.slice("GET ".length));

test("an auditor sees every page of the deployment, as an owner does, without anything to send", async () => {
  const { server, cookie } = await startSignedIn();
  const auditor = await addUser(server, "aud", ["auditor"]);
  expect(ofDeployment.length).toBeGreaterThan(3);
  for (const path of ofDeployment) {
    const heading = /<h1>(.*?)<\/h1>/s;
    const owners = await get(server, path, cookie);
    const seen = await get(server, path, cookieFor(auditor.token));
    expect([path, seen.status, heading.exec(seen.text)![1]]).toEqual([
      path,
      200,
      heading.exec(owners.text)![1],
    ]);
    const main = /<main.*<\/main>/s.exec(seen.text)![0];
    expect([path, main.match(/<form[^>]*method="post"[^>]*>/g)]).toEqual([path, null]);
  }
});
