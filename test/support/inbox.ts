// What lies in somebody's inbox, as tests look at it.
import { loadTemplateFiles } from "../../db/template-files.ts";
import type { NotificationMessage } from "./answers.ts";
import { kinds } from "../../src/notifications/kinds/kinds.ts";
import type { TestServer } from "./server.ts";

/** The titles, oldest first. */
export async function inboxTitles(server: Pick<TestServer, "call">, token: string): Promise<string[]> {
  const titles: string[] = [];
  for (let before = ""; ;) {
    const path = `/api/v2/notifications/inbox?starting_before=${before}` as const;
    const { notifications } = (await server.call("GET", path, { token })).json;
    if (notifications.length === 0) return titles.toReversed();
    titles.push(...notifications.map(({ title }) => title));
    before = notifications.at(-1)!.id;
  }
}

/** The delivery log, oldest first, as an owner sees it; but for those of new workspaces, which tests create in passing. */
export async function deliveryLog(
  server: Pick<TestServer, "call">,
  token: string,
): Promise<NotificationMessage[]> {
  const all: NotificationMessage[] = [];
  for (let page = ""; ;) {
    const { json } = await server.call("GET", `/api/v2/notifications/messages?limit=200${page}`, { token });
    all.push(...json.messages);
    if (json.next === null) break;
    page = `&before=${json.next}`;
  }
  return all.filter(({ template }) => template.id !== kinds["workspace-created"].id).toReversed();
}

/** Somebody's own choice for a kind of notification, by its key. */
export async function switchKind(server: TestServer, token: string, key: string, on: boolean): Promise<void> {
  const id = loadTemplateFiles().find((file) => file.key === key)!.id;
  const answer = await server.call("PUT", "/api/v2/users/me/notifications/preferences", {
    token,
    json: { template_disabled_map: { [id]: !on } },
  });
  if (answer.status !== 200) throw new Error(`preferences: ${answer.status} ${answer.text}`);
}

export interface NoticeRow {
  key: string;
  username: string;
  method: string;
  status: string;
  reasons: string[];
  labels: Record<string, string>;
  data: Record<string, unknown>;
  targets: string[];
  createdBy: string;
}

/** Every message there is in order, suppressed ones too, with its event; but not of kinds that are off by default. */
export async function allNotices(server: TestServer): Promise<NoticeRow[]> {
  const rows =
    await server.sql(`SELECT t.key, u.username, m.method, m.status, m.reasons, e.labels, e.data, e.targets,
      e.created_by FROM notification_messages m JOIN notification_events e ON e.id = m.event_id
    JOIN notification_templates t ON t.id = e.template_id JOIN users u ON u.id = m.user_id
    WHERE m.reasons NOT LIKE '%"off_by_default"%' ORDER BY m.seq`);
  return rows.map((row) => ({
    key: row["key"] as string,
    username: row["username"] as string,
    method: row["method"] as string,
    status: row["status"] as string,
    reasons: JSON.parse(row["reasons"] as string),
    labels: JSON.parse(row["labels"] as string),
    data: JSON.parse(row["data"] as string),
    targets: JSON.parse(row["targets"] as string),
    createdBy: row["created_by"] as string,
  }));
}
