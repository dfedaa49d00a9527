// What is stored and no answer shows; and what another instance has done, of which this one hears nothing.
import { randomUUID } from "node:crypto";
import { query } from "../../db/client.ts";
import { insertRows } from "../../db/rows.ts";
import { notificationEvents, workspaceApps, workspaceAppStatuses } from "../../db/schema.ts";
import type { TestServer } from "./server.ts";

export const countRows = async (server: TestServer, table: string): Promise<number> =>
  Number((await server.sql(`SELECT count(*) AS n FROM ${table}`))[0]!["n"]);

/** In order. Channels get labels and data; the API shows neither. */
export async function storedEvents(server: TestServer) {
  const { rows } = await server.db.read({
    rows: query.select().from(notificationEvents).orderBy(notificationEvents.id),
  });
  return rows.map(({ templateId, createdBy, labels, data, targets }) => ({
    templateId,
    createdBy,
    labels: JSON.parse(labels) as Record<string, string>,
    data: JSON.parse(data ?? "null") as Record<string, unknown>,
    targets: JSON.parse(targets) as string[],
  }));
}

/** This instance sends nothing before its next tick. */
export const resumeElsewhere = (server: TestServer) =>
  server.sql("DELETE FROM settings WHERE key = 'notifications_settings'");

/** This instance reconciles nothing before it is asked to. */
export const activateElsewhere = (server: TestServer, templateId: string, versionId: string) =>
  server.sql(`UPDATE templates SET active_version_id = '${versionId}' WHERE id = '${templateId}'`);

/** Although it may have workspaces, which a request would refuse. */
export const deleteTemplateElsewhere = (server: TestServer, templateId: string) =>
  server.sql(`UPDATE templates SET deleted_at = 1 WHERE id = '${templateId}'`);

/** A status of the only app there is, with its text as it is here: of a report, markup is removed. */
export async function addStatus(
  server: TestServer,
  workspaceId: string,
  status: Pick<typeof workspaceAppStatuses.$inferInsert, "message"> &
    Partial<typeof workspaceAppStatuses.$inferInsert>,
): Promise<void> {
  const { apps } = await server.db.read({ apps: query.select({ id: workspaceApps.id }).from(workspaceApps) });
  const row = {
    id: randomUUID(),
    workspaceId,
    appId: apps[0]!.id,
    state: "idle" as const,
    createdAt: server.clock.now(),
  };
  await server.db.write(insertRows(workspaceAppStatuses, [{ ...row, ...status }]), {});
}
