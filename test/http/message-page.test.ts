// A message of the delivery log: its page, and why somebody else got its event or did not, on the page, in API and command line.
import { expect, test } from "vitest";
import { runCommand } from "../support/command.ts";
import { cookieFor, get, startSignedIn, wordsOf } from "../support/pages.ts";
import { temporaryFolder } from "../support/program.ts";
import { addUser, type TestServer } from "../support/server.ts";
import { addProvisioner, addTemplate } from "../support/workspaces.ts";

const log = "/deployment/notifications/messages";

/** A build of mia's failed: tess, the template admin, is notified. */
async function startFailed() {
  const started = await startSignedIn();
  const { server, userId } = started;
  const tess = await addUser(server, "tess", ["template-admin"]);
  const mia = await addUser(server, "mia");
  const { templateId } = await addTemplate(server, userId, "docker");
  const provisioner = await addProvisioner(server, userId, "one");
  await server.call("POST", "/api/v2/users/me/workspaces", {
    token: mia.token,
    json: { name: "dev", template_id: templateId },
  });
  await provisioner.job("POST", (await provisioner.acquire()).json.job_id, "fail", { error: "no room" });
  const { json } = await server.call("GET", "/api/v2/notifications/messages?user=tess", {
    token: started.token,
  });
  const message = json.messages.find(({ template }) => /Build Failed/.test(template.name));
  return { ...started, tess, mia, message: message! };
}

const ask = async (server: TestServer, token: string, event: string, user: string) =>
  server.call("GET", `/api/v2/notifications/events/${event}/recipients/${user}`, { token });

test("says why a user was not notified, the same on the page, in the API and on the command line", async () => {
  const { server, token, cookie, tess, mia, message } = await startFailed();
  const owners =
    "Template admins were notified (1). This user is an owner, and owners are only notified where there is no template admin.";
  const answer = await ask(server, token, message.event_id, "ada");
  expect(answer.json).toMatchObject({ is_recipient: false, explanation: owners, messages: [] });
  expect((await ask(server, token, message.event_id, mia.userId)).json.explanation).toContain(
    "This user is not a template admin.",
  );
  expect((await ask(server, tess.token, message.event_id, "ada")).status).toBe(403);
  expect((await ask(server, token, message.event_id, "nobody")).status).toBe(404);
  const own = (await ask(server, token, message.event_id, "tess")).json;
  expect(own).toMatchObject({ is_recipient: true, explanation: "They are a template admin." });
  expect(own.messages.map(({ id }) => id)).toContain(message.id);

  const page = await get(server, `${log}/${message.id}?user=ADA`, cookie);
  expect(wordsOf(page)).toContain(owners);
  expect(wordsOf(await get(server, `${log}/${message.id}?user=x`, cookie))).toContain("Unknown user: x");
  expect(wordsOf(await get(server, `${log}/${message.id}?user=tess`, cookie))).toContain(
    "tess is a recipient: see above.",
  );

  const environment = {
    BELFRY_CONFIG_DIR: await temporaryFolder(),
    BELFRY_URL: server.url,
    BELFRY_SESSION_TOKEN: token,
  };
  const belfry = (...words: string[]) => runCommand(["notifications", "explain", ...words], { environment });
  const [byEvent, byMessage, recipient, alone, both, neither] = await Promise.all([
    belfry("--event", message.event_id, "--user", "ada"),
    belfry(message.id.slice(-8), "--user", "ada"),
    belfry(message.id, "--user", "tess"),
    belfry("--event", message.event_id),
    belfry(message.id, "--event", message.event_id),
    belfry(),
  ]);
  expect(byEvent.stdout).toBe(`Workspace Manual Build Failed: ada is not a recipient\n${owners}\n`);
  expect(byMessage.stdout).toBe(byEvent.stdout);
  expect(recipient.stdout).toMatch(/tess is a recipient\nThey are a template admin\.\n\nCREATED +STATUS/);
  expect([alone, both, neither].map(({ code }) => code)).toEqual([2, 2, 2]);
});

test("counts who has not turned on a kind that is off by default, and says so of one of them", async () => {
  const { server, token, userId, cookie } = await startSignedIn();
  await addUser(server, "tess", ["template-admin"]);
  await addUser(server, "tom", ["template-admin"]);
  const mia = await addUser(server, "mia");
  const { templateId } = await addTemplate(server, userId, "docker");
  const kind = "281fdf73-c6d6-4cbb-8ff5-888baf8a2fff";
  await server.call("PUT", "/api/v2/users/me/notifications/preferences", {
    token,
    json: { template_disabled_map: { [kind]: false } },
  });
  await server.call("POST", "/api/v2/users/me/workspaces", {
    token: mia.token,
    json: { name: "dev", template_id: templateId },
  });
  const { messages } = (
    await server.call("GET", `/api/v2/notifications/messages?template=${kind}`, { token })
  ).json;
  expect(messages.map(({ user, method }) => [user.username, method])).toEqual([["ada", "inbox"]]);
  const counted = "2 recipients had not turned on this kind, which is off by default.";
  expect(wordsOf(await get(server, `${log}/${messages[0]!.id}`, cookie))).toContain(counted);
  const explained = await ask(server, token, messages[0]!.event_id, "tess");
  expect(explained.json).toMatchObject({
    is_recipient: false,
    explanation: `Owners were notified (1). ${counted} This user is a template admin. They had not turned on this kind, or got the role after the event.`,
  });
});

test("shows a message with its reasons and all recipients of its event; a recipient sees their own", async () => {
  const { server, cookie, tess, message, mia } = await startFailed();
  const words = wordsOf(await get(server, `${log}/${message.id}`, cookie));
  expect(words).toContain("Requested build failed · tess · inbox sent");
  expect(words).toContain("Why this recipient They are a template admin.");
  expect(words).toContain("Why this channel Every notification goes to the inbox.");
  expect(words).toContain("None needed: it was written to the inbox directly.");
  expect(words).toMatch(/Recipients of this event tess inbox just now sent/);
  expect(words).toContain("Why was a user not notified?");
  const theirs = await get(server, `${log}/${message.id}?user=ada`, cookieFor(tess.token));
  expect(wordsOf(theirs)).toContain("Recipients of this event tess");
  expect(theirs.text).not.toContain("Why was somebody");
  expect((await get(server, `${log}/${message.id}`, cookieFor(mia.token))).status).toBe(404);
  const list = await get(server, log, cookie);
  expect(list.text).toContain(`href="${log}/${message.id}"`);
});
