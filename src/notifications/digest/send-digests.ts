// Sends digests: for each person whose time it is, one email with what waits for it. The email is a message of the outbox; it is
// written by the same write that ends what it contains, so that two instances at once, or a kill, send it once.
import type { Answers } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { defineKind } from "../kinds/define-kind.ts";
import { notify, writeAndNotify } from "../outbox/notify.ts";
import { eventIsWrittenSql } from "../outbox/store/outbox.ts";
import { isExpired, maxRead, toItems, worthSaying } from "./items.ts";
import { composeDigest, type DigestContent } from "./rules/compose.ts";
import { parseSchedule, usualSchedule } from "./rules/schedule.ts";
import {
  allWaitSql,
  endWaiting,
  findDigest,
  findDigestReaders,
  listDueIds,
  listWaiting,
  type WaitingRow,
} from "./store/digests.ts";
import { trueSql } from "../../../db/prepared.ts";

interface Digest {
  userId: string;
  every: string;
  content: DigestContent;
  count: number;
  /** Of one of its items: no two digests have the same. */
  identity: string;
}

export const digestKind = defineKind("notification-digest", {
  audience: (userId: string) => ({ users: [userId] }),
  event: ({ userId, every, content, count, identity }: Digest) => ({
    labels: { every, count: String(count) },
    data: { ...content },
    targets: [],
    createdBy: "digest",
    identity,
    recipients: { people: [{ id: userId, why: "own_digest" as const }] },
  }),
});

/** People of one batch. */
const batchSize = 50;

/** `until`: epoch milliseconds after which no other is begun; the next run finds the rest. One that fails keeps no other back. */
export async function sendDigests(deps: Deps, until: number): Promise<void> {
  const done = new Set<string>();
  const failures: unknown[] = [];
  const isOver = () => deps.now() >= until || deps.process.stopping.aborted;
  for (let [left, hasMore] = [0, true]; hasMore && !isOver();) {
    const limit = left + batchSize;
    const { readers } = await deps.db.read({ readers: findDigestReaders(deps.now(), limit) });
    const next = readers.filter(({ userId }) => !done.has(userId));
    // Another process writes theirs, or it failed.
    left = readers.length - next.length;
    hasMore = readers.length === limit;
    for (const { userId } of next) {
      if (isOver()) break;
      done.add(userId);
      await sendDigest(deps, userId).catch((error: unknown) => failures.push(error));
    }
  }
  if (failures.length > 0) throw failures[0];
}

const digestReads = (userId: string, now: number) => ({
  ...digestKind.reads(userId),
  digest: findDigest(userId),
  waiting: listWaiting(userId, now, maxRead),
  due: listDueIds(userId, now),
});

/** What changes meanwhile is left to the next run. */
async function sendDigest(deps: Deps, userId: string): Promise<void> {
  const now = deps.now();
  const read = await deps.db.read(digestReads(userId, now));
  if (read.due.length === 0) return;
  const { rows, skipped } = worthSaying(read.waiting, now);
  const others = read.due.length - read.waiting.length;
  const ids = idsIn(read, skipped);
  if (rows.length + others === 0) {
    await deps.db.write(endSkipped(skipped, now, trueSql), {});
    return;
  }
  const content = composeDigest(toItems(deps, rows), others, read.digest[0]?.timeZone ?? null);
  const { every } = parseSchedule(read.digest[0]?.digest) ?? usualSchedule;
  const count = rows.length + others;
  const event = digestKind.prepare(deps, read, { userId, every, content, count, identity: read.due[0]!.id });
  const isWritten = eventIsWrittenSql(event.eventId);
  await writeAndNotify(
    deps,
    [
      notify(event, { when: allWaitSql(read.due.map(({ id }) => id)) }),
      ...endWaiting(ids, { now, when: isWritten }),
      ...endSkipped(skipped, now, isWritten),
    ],
    {},
  );
}

type DigestAnswers = Answers<ReturnType<typeof digestReads>>;

function idsIn({ due }: DigestAnswers, skipped: readonly WaitingRow[]): string[] {
  const others = new Set(skipped.map(({ id }) => id));
  return due.flatMap(({ id }) => (others.has(id) ? [] : [id]));
}

const endSkipped = (skipped: readonly WaitingRow[], now: number, when: typeof trueSql) => {
  const [expired, read] = [
    skipped.filter((row) => isExpired(row, now)),
    skipped.filter((row) => !isExpired(row, now)),
  ];
  return [
    ...endWaiting(
      expired.map(({ id }) => id),
      { reason: "expired", now, when },
    ),
    ...endWaiting(
      read.map(({ id }) => id),
      { reason: "read_meanwhile", now, when },
    ),
  ];
};
