// Sends a custom notification to others. Up to a number of people it is one write; for more, the write stores the event and its
// people, and their messages follow in writes of a bounded size (expand.ts).
import type { SQL } from "../../../db/client.ts";
import { claimsOf, findClaimed, type StoredKey } from "../../../db/idempotency.ts";
import type { Deps } from "../../kernel/deps.ts";
import { conflict, matchingKey, type ApiError } from "../../kernel/errors.ts";
import type { OutboxRows } from "../../kernel/ports.ts";
import { replayedFrom, type Enqueued } from "../outbox/enqueue.ts";
import { wakeAfterWrite } from "../outbox/notify.ts";
import { kinds } from "../kinds/kinds.ts";
import {
  customKind,
  disabledForEverybody,
  duplicateWindowMs,
  labelsOf,
  sentAlready,
  withRefusal,
  type CustomRequest,
} from "../outbox/send-custom.ts";
import { findMessageStates, insertOutbox } from "../outbox/store/outbox.ts";
import { expandEvent } from "./expand.ts";
import { minutesUntil, takeTurns, turnAt, type Turns } from "./rules/pace.ts";
import { inTurn, ruleFor } from "./rules/people.ts";
import {
  countReach,
  findRepeated,
  insertPeople,
  listPeople,
  type CustomAudience,
  type CustomPerson,
  type Reach,
} from "./store/audience.ts";
import { parsePace, readPace, tookTurnsSql, writePace } from "./store/pace.ts";

/** So many people get their messages in the write that stores the event. */
export const maxAtOnce = 200;

/** What must be read before it is sent. */
export const sendReads = (audience: CustomAudience) => ({
  people: listPeople(audience, maxAtOnce + 1),
  reach: countReach(audience, kinds["custom-notification"].id),
  pace: readPace(),
});

export interface SendAnswers {
  people: CustomPerson[];
  reach: Pick<Reach, "recipients" | "isDisabled">[];
  pace: { value: string }[];
  earlier?: StoredKey[];
}

export interface SentToOthers extends Enqueued {
  refusal: ApiError | undefined;
  /** Of this request; undefined for a repeated one. */
  recipients?: number;
  /** Until the last of them gets it by other channels than the inbox. */
  minutes?: number;
  isPaused: boolean;
}

const attempts = 5;

/** Throws 409 if it is for nobody, or was sent to so many a moment ago, and 422 for another request's key. `refusal`: 409 if it is not sent. */
export async function sendToOthers(
  deps: Deps,
  sender: { userId: string },
  { audience, ...request }: CustomRequest & { audience: CustomAudience },
  { people, reach, pace: [seen], earlier }: SendAnswers,
): Promise<SentToOthers> {
  const before = matchingKey(request.keyed, earlier?.[0]);
  if (before !== undefined) return { ...withRefusal(replayedFrom(before), "others"), isPaused: false };
  if (people.length === 0)
    throw conflict(
      "Nobody matches these recipients.",
      "Nothing was sent. Check the groups, roles and filters.",
    );
  const { recipients: count, isDisabled } = reach[0]!;
  const isLarge = people.length > maxAtOnce;
  if (isLarge && isDisabled === 1) throw disabledForEverybody();
  const ids = isLarge ? [] : people.map(({ userId }) => userId);
  const same = {
    templateId: kinds["custom-notification"].id,
    labels: JSON.stringify(labelsOf(request.content)),
    since: deps.now() - duplicateWindowMs,
  };
  const { repeated = [], ...read } = await deps.db.read({
    ...customKind.reads({ users: ids }),
    ...(isLarge ? { repeated: findRepeated(audience, same) } : {}),
  });
  if (repeated.length > 0) throw sentAlready();
  const prepare = () => {
    const rule = { ...ruleFor(isLarge ? [] : people), self: sender.userId };
    const message = { ...request.content, senderId: sender.userId, recipients: rule, at: deps.now() };
    return customKind.prepare(deps, read, message);
  };
  const perMinute = deps.config.notifications.customPerMinute;
  let row = seen;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const { eventId, rows } = prepare();
    const now = deps.now();
    const turns = takeTurns(parsePace(row), { count, perMinute, now });
    const places = new Map(ids.map((id, place) => [id, turnAt(turns.from, place, perMinute)]));
    const messages = inTurn(rows.messages, (userId) => places.get(userId), now);
    const many = isLarge ? { audience, perMinute } : undefined;
    const written = await write(deps, request, { eventId, rows: { ...rows, messages }, turns, row, many });
    if (written === undefined) {
      [row] = (await deps.db.read({ pace: readPace() })).pace;
      continue;
    }
    if (isLarge) deps.defer(() => expandEvent(deps.process.deps(), eventId));
    const isPaused = read["custom-notification.template"][0]?.isPaused === 1;
    const told = { recipients: count, minutes: minutesUntil(turns.lastAt, now), isPaused };
    const sent = isLarge ? { ...written, refusal: undefined } : withRefusal(written, "others");
    return { ...sent, ...(written.isReplayed ? { isPaused } : told) };
  }
  throw conflict(
    "Several custom notifications are being sent at the same moment.",
    "Nothing was sent. Try again.",
  );
}

interface Planned {
  eventId: string;
  rows: OutboxRows;
  turns: Turns;
  row: { value: string } | undefined;
  many: { audience: CustomAudience; perMinute: number } | undefined;
}

/** Undefined, and nothing is written, if another send has taken turns meanwhile. */
async function write(
  deps: Deps,
  { keyed }: Pick<CustomRequest, "keyed">,
  { eventId, rows, turns, row, many }: Planned,
): Promise<Enqueued | undefined> {
  const when: SQL = tookTurnsSql(eventId);
  const keys = claimsOf(keyed, eventId, deps.now());
  const {
    messages,
    keys: claimed,
    took,
  } = await deps.db.write(
    [
      writePace(turns.next, eventId, row, deps.now()),
      ...insertOutbox({ ...rows, keys }, when),
      ...(many === undefined ? [] : [insertPeople(many.audience, eventId, turns.from, many.perMinute)]),
    ],
    {
      messages: findMessageStates(rows.messages.map(({ id }) => id)),
      keys: findClaimed(keys),
      took: readPace(),
    },
  );
  const earlier = matchingKey(keyed, claimed[0]);
  if (earlier !== undefined && earlier.subjectId !== eventId) return replayedFrom(earlier);
  if (!(took[0]?.value ?? "").includes(eventId)) return undefined;
  wakeAfterWrite(deps, messages);
  return { eventId, initialStates: messages, isReplayed: false };
}
