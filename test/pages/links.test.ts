// Every link of every notification that ships, and of its mail, leads its receiver to a page that shows the thing named.
// Templates are found by themselves: one that is added is covered, and its sample says what is named.
import { expect, test } from "vitest";
import type { TemplateFile } from "../../db/rules/template-file.ts";
import { loadTemplateFiles } from "../../db/template-files.ts";
import { enqueue } from "../../src/notifications/outbox/enqueue.ts";
import { prepareEvent, enqueueReads } from "../../src/notifications/outbox/prepare-event.ts";
import { toHtml } from "../../src/notifications/texts/rules/markdown.ts";
import { isAlwaysOn, isOnlyByMail, kinds, kindTitle } from "../../src/notifications/kinds/kinds.ts";
import { readUnsubscribeToken } from "../../src/notifications/preferences/unsubscribe.ts";
import { makeNamed } from "../support/named.ts";
import { cookieFor, get, placeOf, wordsOf } from "../support/pages.ts";
import { owner, signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import { startMailServer, type ReceivedMail } from "../support/smtp.ts";

interface Link {
  words: string;
  url: string;
}

const anchors = (html: string): Link[] =>
  [...html.matchAll(/<a [^>]*?href="([^"]+)"[^>]*>(.*?)<\/a>/gs)].map(([, url, words]) => ({
    url: url!.replaceAll("&amp;", "&"),
    words: words!.replaceAll(/<[^>]*>/g, ""),
  }));

async function startWithMail() {
  const post = await startMailServer();
  const server = await startTestServer({
    environment: {
      BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${post.port}`,
      BELFRY_EMAIL_FROM: "belfry@example.com",
      BELFRY_EMAIL_TLS_STARTTLS: "false",
    },
  });
  return { server, post, ...(await signInFirst(server)) };
}

/** Sends the sample of a template to its receiver, who has switched it on. */
async function sendSample(server: TestServer, file: TemplateFile, token: string): Promise<void> {
  await server.call("PUT", "/api/v2/users/me/notifications/preferences", {
    token,
    json: { template_disabled_map: { [file.id]: false } },
  });
  const audience = { users: [owner.username] };
  const deps = server.deps();
  const event = { ...file.sample, targets: [], createdBy: "test", recipients: { named: [owner.username] } };
  await enqueue(deps, prepareEvent(deps, event, await deps.db.read(enqueueReads(file.id, audience))));
  await server.settled();
}

async function linksOfInbox(server: TestServer, token: string): Promise<Link[]> {
  const { notifications } = (await server.call("GET", "/api/v2/notifications/inbox", { token })).json;
  const [notification] = notifications;
  if (notification === undefined) return [];
  const { title, content, actions } = notification;
  return [
    ...anchors(toHtml(`${title}\n\n${content}`)),
    ...actions.map(({ label, url }) => ({ words: label, url })),
  ];
}

function linksOfMail({ email }: ReceivedMail): Link[] {
  const header = email.headers.find(({ key }) => key === "list-unsubscribe")?.value;
  return [
    ...anchors(email.html!),
    ...(header === undefined ? [] : [{ words: "List-Unsubscribe", url: header.replace(/^<|>$/g, "") }]),
  ];
}

/** What the page has to say: values of the sample that the address carries, or the kind where it is about the kind. */
function thingsNamed(server: TestServer, file: TemplateFile, { url, words }: Link): string[] {
  const { pathname, searchParams } = new URL(url);
  const token = searchParams.get("token");
  if (token !== null && pathname === "/unsubscribe") {
    expect(readUnsubscribeToken(server.deps(), token)?.templateId).toBe(file.id);
    return [kindTitle(file.id, file.name), owner.email];
  }
  if (pathname === "/settings/notifications") return [kindTitle(file.id, file.name)];
  // Each line leads to a notification of the inbox, where the sample has none.
  if (file.id === digest && pathname === "/inbox") return [];
  if (pathname.startsWith("/questions/")) return ["Fix it asks"];
  // The code itself is on no page.
  if (pathname === "/reset-password/change") return ["set a new password"];
  const values = new Set(Object.values(file.sample.labels));
  const carried = [
    ...pathname.split(/[/@]/),
    ...[...searchParams.values()].flatMap((value) => value.split(/[\s:]/)),
  ]
    .map((part) => decodeURIComponent(part))
    .filter((part) => part !== "" && (values.has(part) || part === owner.username));
  if (carried.length > 0) return carried;
  const spoken = words.match(/\p{L}{5,}/gu) ?? [];
  if (words === url || spoken.length === 0) return [];
  const thing = spoken.at(-1)!.toLowerCase().replace(/s$/, "");
  // Coder's word for what the page lists.
  return [thing === "account" ? "user" : thing];
}

/** The page that a link leads to, behind redirects. */
async function follow(server: TestServer, url: string, cookie: string) {
  let path = url.slice(server.url.length) || "/";
  for (let hops = 0; hops < 3; hops += 1) {
    const answer = await get(server, path, cookie);
    const place = placeOf(answer);
    if (place === null) return { answer, path };
    path = place;
  }
  throw new Error(`${url} goes round in circles`);
}

const shipped = loadTemplateFiles();
const digest = kinds["notification-digest"].id;

test.each(shipped.map((file) => [file.name, file] as const))(
  "every link of “%s” leads to a page that shows the thing named",
  async (_name, file) => {
    const { server, post, token, userId } = await startWithMail();
    await sendSample(server, file, token);
    const [mail] = post.mails;
    const links = [...(await linksOfInbox(server, token)), ...linksOfMail(mail!)];
    const least = isOnlyByMail(file.id) ? file.actions.length + 1 : file.actions.length * 2 + 2;
    expect(links.length).toBeGreaterThanOrEqual(isAlwaysOn(file.id) ? least : least + 1);
    for (const { url } of links)
      if (url.startsWith(`${server.url}/`))
        await makeNamed({ server, token, userId }, url.slice(server.url.length));
    const before = await server.sql("SELECT * FROM notification_preferences");
    for (const link of links) {
      expect(link.url).toMatch(/^(https?:\/\/|mailto:)/);
      if (link.url !== server.url && !link.url.startsWith(`${server.url}/`)) continue;
      const { answer, path } = await follow(server, link.url, cookieFor(token));
      expect([link.url, answer.status]).toEqual([link.url, 200]);
      expect(path, `${link.url} leads to the sign-in`).not.toMatch(/^\/(login|setup)/);
      const page = wordsOf(answer)
        .replace(/^.*?Sign out /, "")
        .toLowerCase();
      for (const thing of thingsNamed(server, file, link)) expect(page).toContain(thing.toLowerCase());
    }
    expect(await server.sql("SELECT * FROM notification_preferences")).toEqual(before);
  },
);

test("both pages that a mail links to show the kind's description", async () => {
  const { server, token } = await startWithMail();
  const on = await server.call("PUT", "/api/v2/users/me/notifications/preferences", {
    token,
    json: { template_disabled_map: Object.fromEntries(shipped.map(({ id }) => [id, false])) },
  });
  expect(on.status).toBe(200);
  for (const { id, name } of shipped) {
    const asked = await get(server, `/settings/notifications?disabled=${id}`, cookieFor(token));
    const title = kindTitle(id, name);
    if (id === digest) {
      expect(wordsOf(asked)).toContain("Choose when the digest comes, or turn it off, below.");
      continue;
    }
    const words = isAlwaysOn(id) ? `“${title}” can't be turned off` : `Turn off “${title}”?`;
    expect(wordsOf(asked)).toContain(words);
  }
});
