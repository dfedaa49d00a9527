// SQL of receivers: what planning reads, the list, and what owners change.
import { and, asc, eq, getTableColumns, isNotNull, isNull, or, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { preparedSql, trueSql } from "../../../../db/prepared.ts";
import {
  notificationReceivers,
  users,
  type MinSeverity,
  type ReceiverFormat,
  type ReceiverRecipients,
} from "../../../../db/schema.ts";
import { countInhibited } from "../../delivery/store/metrics.ts";
import { followingFormats } from "../rules/formats/formats.ts";
import type { Reason } from "../../outbox/rules/reasons.ts";

/** SQL of a receiver: its product keeps what is open, so it gets each end and each recurrence. */
export const isFollowingSql = sql.raw(
  `format IN (${followingFormats.map((format) => `'${format}'`).join(", ")})`,
);

/** SQL: those that events can go to, as `parseReceivers` reads them. */
export const planReceiversSql =
  preparedSql(sql<string>`(SELECT json_group_array(json_object('id', id, 'kinds', json(kinds),
    'minSeverity', min_severity, 'filter', filter, 'recipients', recipients, 'resumeAt', resume_at, 'follows', ${isFollowingSql}))
  FROM notification_receivers WHERE is_enabled AND deleted_at IS NULL AND owner_id IS NULL)`) as SQL<string>;

const {
  turnToken: _turn,
  changeId: _change,
  createdBy: _creator,
  deletedAt: _deleted,
  ownerId: _owner,
  codeHash: _code,
  codeSentAt: _codeSent,
  codeTries: _codeTries,
  ...listedColumns
} = getTableColumns(notificationReceivers);

const selectReceivers = () =>
  query
    .select({
      ...listedColumns,
      changeId: notificationReceivers.changeId,
      creator: users.username,
      waiting: sql<number>`(SELECT count(*) FROM notification_messages AS m
        WHERE m.receiver_id = ${notificationReceivers.id} AND m.due_at IS NOT NULL)`.as("waiting"),
    })
    .from(notificationReceivers)
    .leftJoin(users, eq(users.id, notificationReceivers.createdBy));

/** Those of the deployment; people's own are theirs alone. */
const exists = and(isNull(notificationReceivers.deletedAt), isNull(notificationReceivers.ownerId));

/** By name. */
export const listReceivers = () => selectReceivers().where(exists).orderBy(asc(notificationReceivers.name));

export type ReceiverRow = ReturnType<typeof listReceivers>["_"]["result"][number];

/** For metrics and the doctor; without those that an owner disabled. */
export const listReceiverStates = () =>
  query
    .select({
      name: notificationReceivers.name,
      format: notificationReceivers.format,
      isEnabled: notificationReceivers.isEnabled,
      failures: notificationReceivers.failures,
      answer: notificationReceivers.answer,
      disabledBecause: notificationReceivers.disabledBecause,
    })
    .from(notificationReceivers)
    .where(and(exists, or(notificationReceivers.isEnabled, isNotNull(notificationReceivers.disabledBecause))))
    .orderBy(asc(notificationReceivers.name));

/** `name`: an id or a name. */
export const findReceiver = (name: string) =>
  selectReceivers().where(
    and(
      exists,
      sql`(${notificationReceivers.id} = ${name.toLowerCase()} OR lower(${notificationReceivers.name}) = lower(${name}))`,
    ),
  );

export const receiverHasChangeSql = (id: string, changeId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM notification_receivers WHERE id = ${id} AND change_id = ${changeId})`;

export const isReceiverEnabledSql = (id: string): SQL =>
  sql`EXISTS (SELECT 1 FROM notification_receivers WHERE id = ${id} AND is_enabled AND deleted_at IS NULL)`;

export interface NewReceiver {
  id: string;
  name: string;
  format: ReceiverFormat;
  host: string;
  sealedTarget: string;
  template: string | null;
  recipients: ReceiverRecipients;
  /** JSON or null. */
  kinds: string | null;
  filter: string | null;
  minSeverity: MinSeverity;
  changeId: string;
  createdBy: string;
  createdAt: number;
}

/** Nothing happens where the name is taken. */
export const insertReceiver = (row: NewReceiver, when: SQL): Statement =>
  query.run(sql`INSERT INTO notification_receivers
      (id, name, format, host, sealed_target, template, recipients, kinds, filter, min_severity, change_id, created_by, created_at)
    SELECT ${row.id}, ${row.name}, ${row.format}, ${row.host}, ${row.sealedTarget}, ${row.template}, ${row.recipients}, ${row.kinds}, ${row.filter}, ${row.minSeverity},
      ${row.changeId}, ${row.createdBy}, ${row.createdAt}
    WHERE ${when} ON CONFLICT DO NOTHING`);

export interface ReceiverUpdate {
  name: string;
  host: string;
  sealedTarget: string;
  template: string | null;
  recipients: ReceiverRecipients;
  kinds: string | null;
  filter: string | null;
  minSeverity: MinSeverity;
  isEnabled: boolean;
  previousUntil: number | null;
  /** Another address, or enabled again: what it failed before says nothing. */
  isFresh: boolean;
}

/** Only while the latest change is still the one that was seen; nothing happens where the name is taken. */
export const updateReceiver = (
  { id, changeId: seen }: Pick<ReceiverRow, "id" | "changeId">,
  change: ReceiverUpdate,
  changeId: string,
  when: SQL,
): Statement => {
  const fresh = (value: SQL, column: SQL) =>
    sql`CASE WHEN ${change.isFresh ? 1 : 0} THEN ${value} ELSE ${column} END`;
  return query.run(sql`UPDATE OR IGNORE notification_receivers SET change_id = ${changeId}, name = ${change.name},
      host = ${change.host}, sealed_target = ${change.sealedTarget}, template = ${change.template},
      recipients = ${change.recipients}, kinds = ${change.kinds}, filter = ${change.filter},
      min_severity = ${change.minSeverity}, is_enabled = ${change.isEnabled ? 1 : 0},
      previous_until = ${change.previousUntil},
      disabled_because = ${fresh(sql`NULL`, sql`disabled_because`)},
      failures = ${fresh(sql`0`, sql`failures`)}, resume_at = ${fresh(sql`0`, sql`resume_at`)}
    WHERE id = ${id} AND change_id = ${seen} AND deleted_at IS NULL AND ${when}`);
};

/** Its name is free again; the delivery log still shows it. */
export const deleteReceiver = (id: string, changeId: string, now: number, when: SQL): Statement =>
  query.run(sql`UPDATE notification_receivers SET deleted_at = ${now}, is_enabled = 0, change_id = ${changeId},
      sealed_target = '', previous_until = NULL
    WHERE id = ${id} AND deleted_at IS NULL AND ${when}`);

/** It answered that there is no such receiver any more. */
export const disableReceiver = (id: string, because: string, changeId: string): Statement =>
  query.run(sql`UPDATE notification_receivers
    SET is_enabled = 0, disabled_because = ${because}, change_id = ${changeId}
    WHERE id = ${id} AND is_enabled`);

/** A test was accepted: what failed before says nothing. */
export const clearFailures = (id: string, now: number): Statement[] => [
  query.run(sql`UPDATE notification_receivers SET failures = 0, resume_at = 0 WHERE id = ${id}`),
  endWait(id, now, trueSql),
];

/** What waited for the end of a pause, or to be tried again, is due; what is delayed for its own sake stays so. */
export const endWait = (receiverId: string, now: number, when: SQL): Statement =>
  query.run(sql`UPDATE notification_messages SET due_at = ${now}
    WHERE receiver_id = ${receiverId} AND due_at > ${now} AND status IN ('pending', 'temporary_failure')
      AND NOT EXISTS (SELECT 1 FROM json_each(reasons) WHERE value = ${"held_back" satisfies Reason}) AND ${when}`);

/** What waits for a receiver that is disabled or deleted isn't sent. */
export function inhibitWaiting(receiverId: string, now: number): Statement[] {
  const where = sql`receiver_id = ${receiverId} AND due_at IS NOT NULL AND lease_token IS NULL
    AND NOT ${isReceiverEnabledSql(receiverId)}`;
  return [
    countInhibited(where),
    query.run(sql`UPDATE notification_messages
      SET status = 'inhibited', due_at = NULL, dedupe_key = NULL, updated_at = ${now},
        reasons = json_insert(reasons, '$[#]', ${"receiver_disabled" satisfies Reason})
      WHERE ${where}`),
  ];
}
