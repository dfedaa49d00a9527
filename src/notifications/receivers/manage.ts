// Creating, changing, testing and deleting receivers. Each change is audited; a secret that Belfry creates is shown once.
import type { SQL } from "../../../db/client.ts";
import type { MinSeverity, ReceiverFormat, ReceiverRecipients } from "../../../db/schema.ts";
import type { Deps } from "../../kernel/deps.ts";
import { ApiError, conflict, notFound } from "../../kernel/errors.ts";
import type { AuditNote } from "../texts/templates.ts";
import { resolveSituations, writeAndNotify } from "../outbox/notify.ts";
import { situationKey } from "../situations/rules/situation.ts";
import { hostOf } from "./rules/address.ts";
import { formats } from "./rules/formats/formats.ts";
import { rotationMs } from "./rules/given.ts";
import type { ReceiverTarget } from "./rules/message.ts";
import { checkedFilter } from "../routing/checked-filter.ts";
import { checkedTemplate, nameTaken, requireValid, storedKinds } from "./require-valid.ts";
import { notDecrypted } from "./send.ts";
import {
  deleteReceiver,
  endWait,
  findReceiver,
  inhibitWaiting,
  insertReceiver,
  receiverHasChangeSql,
  updateReceiver,
  type ReceiverRow,
} from "./store/receivers.ts";
import { newSigningSecret, openTarget, sealTarget } from "./target.ts";

/** The owner who does it. */
export interface Manager {
  userId: string;
  /** SQL: whether they still may. */
  allowedSql: SQL;
  note: (receiverId: string) => AuditNote;
  /** Throws why a write that they weren't allowed changed nothing. */
  refuse: () => Promise<never>;
}

export interface GivenReceiver {
  name: string;
  format: ReceiverFormat;
  address?: string | undefined;
  secret?: string | undefined;
  headers?: Record<string, string> | undefined;
  template?: string | undefined;
  recipients?: ReceiverRecipients | undefined;
  kinds?: readonly string[] | null | undefined;
  /** In the language of filters; empty: none. */
  filter?: string | undefined;
  minSeverity?: MinSeverity | undefined;
}

export interface WithSecret {
  receiver: ReceiverRow;
  /** Created by Belfry, and shown this once. */
  secret: string | null;
}

/** Throws 400, 403, 409 for a name that is in use. */
export async function createReceiver(
  deps: Deps,
  manager: Manager,
  given: GivenReceiver,
): Promise<WithSecret> {
  const { name, format, headers = {}, minSeverity = "info", recipients = "everybody" } = given;
  const rules = formats[format];
  const created = rules.secret === "created" && given.secret === undefined ? newSigningSecret() : null;
  const secret = created ?? given.secret;
  const address = given.address ?? rules.defaultAddress ?? "";
  const target = { address, headers, secrets: secret === undefined ? [] : [secret] };
  const kinds = requireValid(deps, { name, format, target, recipients, kinds: given.kinds ?? null });
  const template = await checkedTemplate(deps, format, given.template);
  const filter = await checkedFilter(deps, given.filter);
  const [id, changeId] = [deps.newId(), deps.newId()];
  const row = {
    id,
    name,
    format,
    host: hostOf(new URL(address)),
    sealedTarget: await sealTarget(deps, id, target),
    template,
    recipients,
    kinds,
    filter,
    minSeverity,
    changeId,
    createdBy: manager.userId,
    createdAt: deps.now(),
  };
  const detail = { name, format, host: row.host };
  const { receiver, namesake } = await deps.db.write(
    [
      insertReceiver(row, manager.allowedSql),
      manager.note(id)({ action: "create", detail }, receiverHasChangeSql(id, changeId)),
    ],
    { receiver: findReceiver(id), namesake: findReceiver(name) },
  );
  if (receiver[0] !== undefined) return { receiver: receiver[0], secret: created };
  if (namesake.length > 0) throw nameTaken(name);
  return manager.refuse();
}

export interface ReceiverChange extends Omit<GivenReceiver, "name" | "format"> {
  name?: string | undefined;
  isEnabled?: boolean | undefined;
}

/** Throws 400, 403, 404, 409 for a name that is in use or another change at the same time. */
export async function changeReceiver(
  deps: Deps,
  manager: Manager,
  receiver: ReceiverRow | undefined,
  change: ReceiverChange,
): Promise<ReceiverRow> {
  if (receiver === undefined) throw notFound("Receiver");
  const before = await openTarget(deps, receiver);
  if (before === undefined && change.address === undefined) throw conflict(notDecrypted);
  const secrets = change.secret === undefined ? undefined : [change.secret];
  const target: ReceiverTarget = {
    address: change.address ?? before!.address,
    headers: change.headers ?? before?.headers ?? {},
    secrets: secrets ?? before?.secrets ?? [],
  };
  const { name = receiver.name, minSeverity = receiver.minSeverity, isEnabled = receiver.isEnabled } = change;
  const { recipients = receiver.recipients } = change;
  const named = change.kinds === undefined ? storedKinds(receiver) : change.kinds;
  const kinds = requireValid(deps, { name, format: receiver.format, target, recipients, kinds: named });
  const template =
    change.template === undefined
      ? receiver.template
      : await checkedTemplate(deps, receiver.format, change.template);
  const filter = await checkedFilter(deps, change.filter, receiver.filter);
  const isFresh = change.address !== undefined || (isEnabled && !receiver.isEnabled);
  return update(deps, manager, receiver, {
    name,
    host: hostOf(new URL(target.address)),
    sealedTarget: await sealTarget(deps, receiver.id, target),
    template,
    recipients,
    kinds,
    filter,
    minSeverity,
    isEnabled,
    previousUntil: secrets === undefined ? receiver.previousUntil : null,
    isFresh,
  });
}

/** Requests are signed with both for a day. Throws 400 for a format whose secret isn't Belfry's, 403, 404, 409. */
export async function rotateReceiverSecret(
  deps: Deps,
  manager: Manager,
  receiver: ReceiverRow | undefined,
): Promise<WithSecret> {
  if (receiver === undefined) throw notFound("Receiver");
  const { label, isSigned } = formats[receiver.format];
  if (isSigned !== true)
    throw new ApiError(
      400,
      `${label} has no secret that Belfry creates. Set a new address or secret instead.`,
    );
  const before = await openTarget(deps, receiver);
  if (before === undefined) throw conflict(notDecrypted);
  const secret = newSigningSecret();
  const secrets = [secret, ...before.secrets.slice(0, 1)];
  const sealedTarget = await sealTarget(deps, receiver.id, { ...before, secrets });
  const { name, host, template, recipients, kinds, filter, minSeverity, isEnabled } = receiver;
  const same = { name, host, template, recipients, kinds, filter, minSeverity, isEnabled, isFresh: false };
  const after = await update(
    deps,
    manager,
    receiver,
    { ...same, sealedTarget, previousUntil: deps.now() + rotationMs },
    "rotate",
  );
  return { receiver: after, secret };
}

async function update(
  deps: Deps,
  manager: Manager,
  receiver: ReceiverRow,
  change: Parameters<typeof updateReceiver>[1],
  action = "write",
): Promise<ReceiverRow> {
  const { id } = receiver;
  const changeId = deps.newId();
  const { name, host, isEnabled } = change;
  const detail = {
    name,
    ...(name === receiver.name ? {} : { from: receiver.name }),
    ...(host === receiver.host ? {} : { host }),
    ...(isEnabled === receiver.isEnabled ? {} : { enabled: isEnabled }),
  };
  const when = receiverHasChangeSql(id, changeId);
  const works = { keys: [situationKey("receiver", id)], at: deps.now(), how: "marked_fixed", when } as const;
  const { after, namesake } = await writeAndNotify(
    deps,
    [
      updateReceiver(receiver, change, changeId, manager.allowedSql),
      manager.note(id)({ action, detail }, when),
      ...(isEnabled ? [] : inhibitWaiting(id, deps.now())),
      ...(change.isFresh ? [endWait(id, deps.now(), when)] : []),
      ...(isEnabled && !receiver.isEnabled ? [resolveSituations({ ...works, by: manager.userId })] : []),
    ],
    { after: findReceiver(id), namesake: findReceiver(name) },
  );
  const [changed] = after;
  if (changed?.changeId === changeId) return changed;
  if (changed === undefined) throw notFound("Receiver");
  if (namesake.some((other) => other.id !== id)) throw nameTaken(name);
  if (changed.changeId !== receiver.changeId)
    throw conflict("The receiver was changed at the same time.", "Reload it, then try again.");
  return manager.refuse();
}

/** What waits for it isn't sent. Throws 403, 404. */
export async function removeReceiver(
  deps: Deps,
  manager: Manager,
  receiver: ReceiverRow | undefined,
): Promise<void> {
  if (receiver === undefined) throw notFound("Receiver");
  const { id, name, waiting } = receiver;
  const changeId = deps.newId();
  const when = receiverHasChangeSql(id, changeId);
  const { left } = await writeAndNotify(
    deps,
    [
      deleteReceiver(id, changeId, deps.now(), manager.allowedSql),
      manager.note(id)({ action: "delete", detail: { name, waiting } }, when),
      ...inhibitWaiting(id, deps.now()),
      resolveSituations({ keys: [situationKey("receiver", id)], at: deps.now(), how: "over", when }),
    ],
    { left: findReceiver(id) },
  );
  if (left.length > 0) await manager.refuse();
}
