// Makes what a page's address names, so that a link of a notification has something to lead to.
import { randomUUID } from "node:crypto";
import type { TestServer } from "./server.ts";
import { addTemplate } from "./workspaces.ts";

export interface Maker {
  server: TestServer;
  token: string;
  userId: string;
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

const idsOf = async ({ server }: Maker, statement: string) =>
  (await server.sql(statement)).map(({ id }) => String(id));

async function ensureUser(maker: Maker, username: string): Promise<string> {
  if (username === "me") return maker.userId;
  const [found] = await idsOf(maker, `SELECT id FROM users WHERE username = ${quoted(username)}`);
  if (found !== undefined) return found;
  const id = randomUUID();
  await maker.server
    .sql(`INSERT OR IGNORE INTO users (id, username, email, name, status, is_system, created_at, updated_at)
    VALUES ('${id}', ${quoted(username)}, '${id}@example.com', '', 'active', 0, 0, 0)`);
  return id;
}

async function ensureOrganization(maker: Maker, name: string): Promise<string> {
  const [found] = await idsOf(maker, `SELECT id FROM organizations WHERE name = ${quoted(name)}`);
  if (found !== undefined) return found;
  const id = randomUUID();
  await maker.server.sql(
    `INSERT OR IGNORE INTO organizations VALUES ('${id}', ${quoted(name)}, ${quoted(name)}, 0, 0)`,
  );
  return id;
}

async function ensureTemplate(maker: Maker, name: string, organization?: string): Promise<string> {
  const { server, userId } = maker;
  const found = await idsOf(maker, `SELECT id FROM templates WHERE name = ${quoted(name)}`);
  const id = found[0] ?? (await addTemplate(server, userId, name)).templateId;
  if (organization !== undefined) {
    const organizationId = await ensureOrganization(maker, organization);
    await server.sql(`UPDATE templates SET organization_id = '${organizationId}' WHERE id = '${id}'`);
  }
  return id;
}

async function ensureWorkspace(maker: Maker, owner: string, name: string, template = "some-template") {
  const { server, token } = maker;
  const ownerId = await ensureUser(maker, owner);
  const templateId = await ensureTemplate(maker, template);
  const found = await idsOf(maker, `SELECT id FROM workspaces WHERE name = ${quoted(name)}`);
  if (found[0] !== undefined) return found[0];
  const made = await server.call("POST", "/api/v2/users/me/workspaces", {
    token,
    json: { name, template_id: templateId },
  });
  if (made.status !== 201) throw new Error(`workspace ${name}: ${made.status} ${made.text}`);
  await server.sql(`UPDATE workspaces SET owner_id = '${ownerId}' WHERE id = '${made.json.id}'`);
  return made.json.id;
}

async function ensureFiltered(maker: Maker, filter: string): Promise<void> {
  const wanted = Object.fromEntries(filter.split(/\s+/).map((part) => part.split(":") as [string, string]));
  const name = wanted["name"] ?? "found";
  const id = await ensureWorkspace(maker, wanted["owner"] ?? "me", name, wanted["template"]);
  if (wanted["status"] !== undefined)
    await maker.server.sql(
      `UPDATE workspace_builds SET status = ${quoted(wanted["status"])} WHERE workspace_id = '${id}'`,
    );
}

async function ensureQuestion({ server, token }: Maker, id: string): Promise<void> {
  if (
    (await idsOf({ server } as Maker, `SELECT id FROM agent_questions WHERE id = ${quoted(id)}`)).length > 0
  )
    return;
  const session = { state: "working", title: "Fix it" };
  await server.call("PUT", "/api/v2/agent-sessions/named", { token, json: session });
  const json = { text: "Which one?", options: ["a", "b"] };
  const asked = await server.call("POST", "/api/v2/agent-sessions/named/questions", { token, json });
  await server.sql(`UPDATE agent_questions SET id = ${quoted(id)} WHERE id = '${asked.json.id}'`);
}

/** A name that is taken stays as it is. */
const ensureReceiver = ({ server, token }: Maker, name: string) =>
  server.call("POST", "/api/v2/notifications/receivers", {
    token,
    json: { name, format: "slack", address: "https://hooks.slack.com/services/T/B/x" },
  });

/** `address` is a path with its query; what is there already stays. */
export async function makeNamed(maker: Maker, address: string): Promise<void> {
  const { server } = maker;
  const { pathname, searchParams } = new URL(address, server.url);
  const parts = pathname.split("/").slice(1).map(decodeURIComponent);
  const [first = "", second = "", third = "", fourth, fifth] = parts;
  if (first.startsWith("@")) {
    const id = await ensureWorkspace(maker, first.slice(1), second);
    if (third === "builds")
      await server.sql(`UPDATE workspace_builds SET number = ${Number(fourth)} WHERE workspace_id = '${id}'`);
  } else if (first === "tasks") {
    const id = await ensureWorkspace(maker, second, third);
    await server.sql(`UPDATE workspace_builds SET has_ai_task = 1 WHERE workspace_id = '${id}'`);
  } else if (first === "templates" && second !== "") {
    const id = await ensureTemplate(maker, third, second);
    if (fourth === "versions" && fifth !== undefined)
      await server.sql(`UPDATE template_versions SET name = ${quoted(fifth)} WHERE template_id = '${id}'`);
  } else if (first === "questions") await ensureQuestion(maker, second);
  else if (first === "deployment" && second === "users" && third !== "") await ensureUser(maker, third);
  else if (first === "deployment" && second === "receivers" && third !== "")
    await ensureReceiver(maker, third);
  else if (first === "workspaces") await ensureFiltered(maker, searchParams.get("filter") ?? "");
}
