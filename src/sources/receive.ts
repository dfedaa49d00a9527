// Receives one message of a source: it is stored once, together with the notification that it becomes, before it is
// answered. Two round trips; a message that was received before, and one that is refused, costs one.
import type { SQL } from "../../db/client.ts";
import { bothSql } from "../../db/statements.ts";
import type { Deps } from "../kernel/deps.ts";
import { ApiError, forbidden, invalidFields, notFound } from "../kernel/errors.ts";
import { givenReads, writeAndNotify, type StatementOrNotice } from "../notifications/index.ts";
import { prepareDelivery } from "./deliver.ts";
import { parseCoderMessage, type CoderMessage, type ParsedMessage } from "./rules/coder-message.ts";
import { hashSourceSecret, isBelfry } from "./rules/source.ts";
import { hasNobodySql, keepUnmatched, userIdsOfPersonSql } from "./store/people.ts";
import { findOwnMessage, findReceipt, insertReceipt, isCountedSql, isNewSql } from "./store/receipts.ts";
import { countReceived, findSourceBySecret, isSecretValidSql, sourceIdBySecretSql } from "./store/sources.ts";

export interface SourceRequest {
  /** As in the address. */
  secret: string;
  /** The header X-Message-Id. */
  messageId: string | undefined;
  userAgent: string | undefined;
  /** JSON. */
  body: string;
}

/** What a person does between the read and the write can make it start again. */
const maxTries = 3;

/**
 * Throws 404 for an unknown secret, whatever else the request says and after the same work; 429, 403 for a disabled source,
 * 410 for Belfry's own messages, 422 for passcodes, 400 that names the field.
 */
export async function receiveMessage(deps: Deps, request: SourceRequest): Promise<void> {
  const parsed = parseCoderMessage(request.body, request.messageId);
  for (let tries = 1; ; tries += 1) {
    if (await receiveOnce(deps, request, parsed, tries === 1)) return;
    if (tries === maxTries)
      throw new ApiError(429, "The source's people are changing. Send it again in a second.", {
        headers: { "retry-after": "1" },
      });
  }
}

/** Asked about where a request has no message, so that the work is the same. */
const noMessage = { id: "", kind: { id: "" }, person: { id: "", email: "", username: "", name: "" } };

async function receiveOnce(
  deps: Deps,
  request: SourceRequest,
  parsed: ParsedMessage,
  isCounted: boolean,
): Promise<boolean> {
  const now = deps.now();
  const secretHash = hashSourceSecret(request.secret);
  const { id, kind, person } = parsed.ok ? parsed.message : noMessage;
  const sourceIdSql = sourceIdBySecretSql(secretHash, now);
  const userIdsSql = userIdsOfPersonSql(sourceIdSql, person);
  const { source, receipt, own, ...read } = await deps.db.read({
    source: findSourceBySecret(secretHash, now),
    receipt: findReceipt(sourceIdSql, id),
    own: findOwnMessage(id),
    ...givenReads(kind.id, { userIdsSql }),
  });
  const known = requireSource(deps, source[0], isCounted);
  const message = requireMessage(parsed, own.length > 0 || isBelfry(request.userAgent));
  if (receipt.length > 0) return true;
  const delivery = { source: known, message, secretHash, now };
  const [recipient] = read.recipients;
  if (recipient === undefined) return keepForNobody(deps, delivery, userIdsSql);
  const prepared = prepareDelivery(deps, known, message, read);
  return store(deps, delivery, prepared.eventId, {
    isUnmatched: false,
    after: prepared.changes(isCountedSql(message.id, prepared.eventId)),
  });
}

interface Delivery {
  source: { id: string; name: string };
  message: CoderMessage;
  secretHash: string;
  now: number;
}

/** Stored for a day, for owners to say who it is for. */
function keepForNobody(deps: Deps, delivery: Delivery, userIdsSql: SQL): Promise<boolean> {
  const { source, message, now } = delivery;
  const kept = {
    messageId: message.id,
    sourceId: source.id,
    person: message.person,
    message: JSON.stringify(message),
    now,
  };
  return store(deps, delivery, deps.newId(), {
    isUnmatched: true,
    before: (isNew) => keepUnmatched(kept, isNew),
    when: hasNobodySql(userIdsSql),
    after: [],
  });
}

interface Stored {
  isUnmatched: boolean;
  /** Statements that depend on the message's being new; the receipt follows them. */
  before?: (isNew: SQL) => StatementOrNotice[];
  /** What depends on the receipt. */
  after: readonly StatementOrNotice[];
  /** What must hold for any of it. */
  when?: SQL;
}

/** False if it must be tried again with what has changed meanwhile. Throws 404 if the source is gone. */
async function store(
  deps: Deps,
  { source, message, secretHash, now }: Delivery,
  deliveryId: string,
  { isUnmatched, before, after, when }: Stored,
): Promise<boolean> {
  const isValid = isSecretValidSql(secretHash, now);
  const canBeStored = bothSql(
    isNewSql(source.id, message.id),
    when === undefined ? isValid : bothSql(isValid, when),
  );
  const receipt = { messageId: message.id, sourceId: source.id, deliveryId, receivedAt: now };
  const answers = await writeAndNotify(
    deps,
    [
      countReceived(source.id, { isUnmatched, now }, canBeStored),
      ...(before?.(canBeStored) ?? []),
      insertReceipt(receipt, canBeStored),
      ...after,
    ],
    { receipt: findReceipt(source.id, message.id), source: findSourceBySecret(secretHash, now) },
  );
  if (answers.receipt.length > 0) return true;
  if (answers.source[0]?.isEnabled === true) return false;
  requireSource(deps, answers.source[0], false);
  return false;
}

interface FoundSource {
  id: string;
  name: string;
  isEnabled: boolean;
}

function requireSource(deps: Deps, source: FoundSource | undefined, isCounted: boolean): FoundSource {
  if (source === undefined) throw notFound("Source");
  if (isCounted) {
    const { isAllowed, seconds } = deps.process.sourceMessages.take(source.id, deps.now());
    if (!isAllowed)
      throw new ApiError(
        429,
        `Too many messages: ${deps.process.sourceMessages.max} a minute are allowed for each source.`,
        { detail: `Try again in ${seconds} seconds.`, headers: { "retry-after": String(seconds) } },
      );
  }
  if (!source.isEnabled)
    throw forbidden(`Source ${source.name} is disabled. An owner can enable it under Deployment, Sources.`);
  return source;
}

function requireMessage(parsed: ParsedMessage, isOwn: boolean): CoderMessage {
  if (isOwn)
    throw new ApiError(410, "This is Belfry's own notification, not Coder's.", {
      detail:
        "BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT is the address of a source, so notifications would loop forever. Set another receiver.",
    });
  if (parsed.ok) return parsed.message;
  if (parsed.why === "passcode")
    throw new ApiError(422, "Passcodes are not accepted: they are sent by email only.", {
      detail:
        "Nothing of this message was stored. In Coder, choose SMTP for the notification One-Time Passcode.",
    });
  throw invalidFields(parsed.problems);
}
