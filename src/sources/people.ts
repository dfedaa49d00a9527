// Which user of Belfry a person of a source is, where an owner has to say so; what waited for them is delivered then.
import type { Deps } from "../kernel/deps.ts";
import { audit } from "../accounts/audit.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { findKey } from "../accounts/store/keys.ts";
import { andSql } from "../accounts/store/manage.ts";
import { notFound } from "../kernel/errors.ts";
import {
  givenReads,
  writeAndNotify,
  type GivenAnswers,
  type StatementOrNotice,
} from "../notifications/index.ts";
import { prepareDelivery } from "./deliver.ts";
import type { CoderMessage } from "./rules/coder-message.ts";
import { waitingMs } from "./rules/source.ts";
import { canManageSourcesSql, entryOf, requireSigned } from "./sources.ts";
import {
  deleteWaiting,
  findPersonOfSource,
  forgetPerson,
  isPinnedSql,
  isWaitingSql,
  listWaiting,
  personExistsSql,
  pinPerson,
  type Pin,
  type SourcePerson,
} from "./store/people.ts";

interface PersonsSource {
  id: string;
  name: string;
}

export interface Pinned {
  person: SourcePerson;
  /** Messages that had waited. */
  delivered: number;
}

/** Messages of one write; the next has those that are left. */
const maxDelivered = 50;
const maxWrites = 25;

/**
 * From now on the person's messages are this user's, and so are those of the last day that nobody got. Throws 401, and
 * 404 for a user or a source that was deleted meanwhile.
 */
export async function pinToUser(
  deps: Deps,
  actor: Actor,
  source: PersonsSource,
  { foreignId, user }: { foreignId: string; user: { id: string; username: string } },
): Promise<Pinned> {
  const pin: Pin = { sourceId: source.id, foreignId, userId: user.id, now: deps.now() };
  const since = deps.now() - waitingMs;
  let delivered = 0;
  for (let writes = 0; ; writes += 1) {
    const waiting = await readWaiting(deps, pin, since);
    const person = await writePin(deps, actor, { source, pin, user, waiting, isFirst: writes === 0 });
    delivered += waiting.length;
    if (person.waiting === 0 || writes === maxWrites) return { person, delivered };
    const { left } = await deps.db.read({ left: listWaiting(source.id, foreignId, since, 1) });
    if (left.length === 0) return { person, delivered };
  }
}

interface Waiting {
  message: CoderMessage;
  answers: GivenAnswers;
}

/** The oldest messages that wait, each with what its notification needs. */
async function readWaiting(deps: Deps, pin: Pin, since: number): Promise<Waiting[]> {
  const { rows } = await deps.db.read({
    rows: listWaiting(pin.sourceId, pin.foreignId, since, maxDelivered),
  });
  const messages = rows.map(({ message }) => JSON.parse(message) as CoderMessage);
  const answers = new Map<string, GivenAnswers>();
  for (const { kind } of messages)
    if (!answers.has(kind.id))
      answers.set(kind.id, await deps.db.read(givenReads(kind.id, { users: [pin.userId] })));
  return messages.map((message) => ({ message, answers: answers.get(message.kind.id)! }));
}

interface PinWrite {
  source: PersonsSource;
  pin: Pin;
  user: { username: string };
  waiting: readonly Waiting[];
  /** The others go on with what is left. */
  isFirst: boolean;
}

async function writePin(
  deps: Deps,
  actor: Actor,
  { source, pin, user, waiting, isFirst }: PinWrite,
): Promise<SourcePerson> {
  const isPinned = andSql(canManageSourcesSql(actor), isPinnedSql(pin));
  const notices = waiting.flatMap(({ message, answers }): StatementOrNotice[] =>
    prepareDelivery(deps, source, message, answers).changes(andSql(isPinned, isWaitingSql(message.id))),
  );
  const detail = { name: source.name, coder_user_id: pin.foreignId, user: user.username };
  const ids = waiting.map(({ message }) => message.id);
  const { person, caller } = await writeAndNotify(
    deps,
    [
      pinPerson(pin, canManageSourcesSql(actor)),
      ...(isFirst ? [audit(deps, entryOf(actor, "pin", source.id, detail), isPinned)] : []),
      ...notices,
      deleteWaiting(ids, isPinned),
    ],
    { person: findPersonOfSource(source.id, pin.foreignId), caller: findKey(actor.keyId) },
  );
  const [after] = person;
  if (after?.userId === pin.userId && after.pinnedAt === pin.now) return after;
  if (caller.length === 0) requireSigned(caller);
  throw notFound("Source or user");
}

/** What waits for the person is lost; a pin no longer counts. Throws 403, 404. */
export async function forget(
  deps: Deps,
  actor: Actor,
  source: PersonsSource,
  person: SourcePerson | undefined,
): Promise<void> {
  if (person === undefined) throw notFound("Person");
  const { foreignId } = person;
  const when = andSql(personExistsSql(source.id, foreignId), canManageSourcesSql(actor));
  const detail = { name: source.name, coder_user_id: foreignId, waiting: person.waiting };
  const { left, caller } = await deps.db.write(
    [
      audit(deps, entryOf(actor, "forget", source.id, detail), when),
      forgetPerson(source.id, foreignId, when),
    ],
    { left: findPersonOfSource(source.id, foreignId), caller: findKey(actor.keyId) },
  );
  if (left.length > 0) requireSigned(caller);
}
