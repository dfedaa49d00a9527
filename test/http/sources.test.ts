// Sources: what Coder's server posts becomes a notification of its user, once.
import { expect, test } from "vitest";
import { coderMessage, eachKind, passcodeKindId, unknownKinds } from "../support/coder-messages.ts";
import { deliveryLog, inboxTitles } from "../support/inbox.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";
import { addSource, postMessage } from "../support/sources.ts";

async function setUp(environment: Record<string, string> = {}) {
  const server = await startTestServer({ environment });
  const { token } = await signInFirst(server);
  const mia = await addUser(server, "mia");
  const source = await addSource(server, token);
  const post = (message: unknown, headers?: Record<string, string>) =>
    postMessage(server, source, message, headers);
  const inbox = async (as = mia.token) =>
    (await server.call("GET", "/api/v2/notifications/inbox", { token: as })).json.notifications;
  return { server, token, mia, source, post, inbox };
}

test.each(eachKind())("%s is shown as Coder wrote it", async (name, message) => {
  const { server, post, inbox, mia, token } = await setUp();
  const answer = await post(message);
  expect([answer.status, answer.text]).toEqual([204, ""]);
  const [item, ...more] = await inbox();
  expect(more).toEqual([]);
  expect(item).toMatchObject({
    template_id: message.payload.notification_template_id,
    title: message.title_markdown,
    content: message.body_markdown,
    actions: message.payload.actions ?? [],
    targets: message.payload.targets,
    icon: expect.stringMatching(/^DEFAULT_ICON_/),
  });
  const [logged] = await deliveryLog(server, token);
  expect(logged).toMatchObject({ template: { name }, created_by: "source:prod" });
  // The kind can be switched off by its id, as any other.
  const json = { template_disabled_map: { [message.payload.notification_template_id]: true } };
  const put = await server.call("PUT", "/api/v2/users/me/notifications/preferences", { token: mia.token, json });
  expect(put.status).toBe(200);
  expect((await post({ ...message, msg_id: crypto.randomUUID() })).status).toBe(204);
  expect(await inbox()).toHaveLength(1);
  expect((await deliveryLog(server, token)).at(-1)!.reasons).toContain("disabled_by_user");
});
