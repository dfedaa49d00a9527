// SQL of people's own receivers.
import { and, asc, eq, isNull, lt, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { notificationReceivers, type ReceiverFormat } from "../../../../db/schema.ts";
import { maxAdded, maxOwn, maxTries } from "../rules/own.ts";

type User = SQL<string> | string;

const {
  id,
  name,
  format,
  host,
  sealedTarget,
  template,
  previousUntil,
  isEnabled,
  disabledBecause,
  failures,
  answer,
  createdAt,
  codeHash,
  codeSentAt,
  codeTries,
  changeId,
} = notificationReceivers;

/** By name. */
export const listOwnReceivers = (user: User) =>
  query
    .select({
      id,
      name,
      format,
      host,
      sealedTarget,
      template,
      previousUntil,
      isEnabled,
      disabledBecause,
      failures,
      answer,
      createdAt,
      codeHash,
      codeSentAt,
      codeTries,
    })
    .from(notificationReceivers)
    .where(and(eq(notificationReceivers.ownerId, user), isNull(notificationReceivers.deletedAt)))
    .orderBy(asc(name));

export type OwnReceiverRow = ReturnType<typeof listOwnReceivers>["_"]["result"][number];

export interface NewOwnReceiver {
  id: string;
  name: string;
  format: ReceiverFormat;
  host: string;
  sealedTarget: string;
  changeId: string;
  codeHash: string;
  now: number;
}

/** Not enabled until it is confirmed. Nothing happens where the name is taken or the person has as many as they may. */
export const insertOwnReceiver = (user: User, row: NewOwnReceiver): Statement =>
  query.run(sql`INSERT INTO notification_receivers (id, owner_id, name, format, host, sealed_target, min_severity, is_enabled,
      change_id, created_by, created_at, code_hash, code_sent_at)
    SELECT ${row.id}, owner.id, ${row.name}, ${row.format}, ${row.host}, ${row.sealedTarget}, 'info', 0,
      ${row.changeId}, owner.id, ${row.now}, ${row.codeHash}, ${row.now}
    FROM users AS owner WHERE owner.id = ${user} AND (SELECT count(*) FROM notification_receivers
      WHERE owner_id = owner.id AND deleted_at IS NULL) < ${maxOwn} AND (SELECT count(*) FROM notification_receivers
      WHERE owner_id = owner.id AND created_at > ${row.now - 3_600_000}) < ${maxAdded} ON CONFLICT DO NOTHING`);

const isOwn = (user: User, receiverId: string) =>
  and(eq(id, receiverId), eq(notificationReceivers.ownerId, user), isNull(notificationReceivers.deletedAt));

/** The one before is no longer valid. */
export const setCode = (user: User, receiverId: string, hash: string, now: number): Statement =>
  query
    .update(notificationReceivers)
    .set({ codeHash: hash, codeSentAt: now, codeTries: 0 })
    .where(isOwn(user, receiverId));

/** `seen`: the tries before. Of several at once, one counts and may confirm: the one whose change this is. */
export const countTry = (user: User, receiverId: string, seen: number, change: string): Statement =>
  query
    .update(notificationReceivers)
    .set({ codeTries: seen + 1, changeId: change })
    .where(and(isOwn(user, receiverId), eq(codeTries, seen), lt(codeTries, maxTries)));

/** With the code that was sent, by the try that counts. */
export const confirmOwn = (user: User, receiverId: string, hash: string, change: string): Statement =>
  query
    .update(notificationReceivers)
    .set({
      isEnabled: true,
      disabledBecause: null,
      failures: 0,
      resumeAt: 0,
      codeHash: null,
      codeSentAt: null,
    })
    .where(and(isOwn(user, receiverId), eq(codeHash, hash), eq(changeId, change)));

export const removeOwn = (user: User, receiverId: string, now: number): Statement =>
  query
    .update(notificationReceivers)
    .set({ deletedAt: now, isEnabled: false, sealedTarget: "", codeHash: null })
    .where(isOwn(user, receiverId));

/** SQL: the enabled ones of a user as `parseOwnReceivers` reads them; NULL if there are none. */
export const ownReceiversSql = (user: SQL): SQL<string | null> =>
  sql<
    string | null
  >`(SELECT nullif(json_group_array(json_object('id', own.id, 'name', own.name, 'resumeAt', own.resume_at)), '[]')
    FROM notification_receivers AS own WHERE own.owner_id = ${user} AND own.deleted_at IS NULL AND own.is_enabled)`;
