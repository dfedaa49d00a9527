// What rooms do for one another within a process, as small interfaces: the rooms implement them, the runtime wires them.
import type { StoredKey, KeyClaim } from "../../db/idempotency.ts";
import type {
  inboxNotifications,
  notificationEscalations,
  notificationEvents,
  notificationMessages,
} from "../../db/schema.ts";

export interface Clock {
  /** Epoch milliseconds: the machine's time, corrected. */
  now: () => number;
  /** The machine's own. */
  local: () => number;
  /** Hears what the database's clock said when it was asked at the local time `asked`; answers by how much that changed ours. */
  observe: (database: number, asked: number) => number;
}

/** The value of a key, created by `create` the first time. A cache holds one type of value. */
export type Cache = <T>(key: string, create: () => T) => T;

/** Until when keys may be in use that the server's keys did not sign: epoch milliseconds, for each purpose. */
export type UnsignedUntil = Record<"api" | "provisioner", number>;

/** Wakes the open inboxes of this process. */
export interface InboxWaker {
  /** Something was written by this process: look now. */
  wake: () => void;
  /** Keys may have ended by what this process has done: look now who may still read. */
  recheck: () => void;
}

/** A request of an authorized user for their live inbox. */
export interface InboxWatch {
  userId: string;
  keyId: string;
  filter: {
    targets: readonly string[];
    templates: readonly string[];
    readStatus: "all" | "read" | "unread";
  };
  /** What is newer than `after`: as server-sent events, or as a WebSocket's frames. */
  as:
    | { way: "events"; after: InboxPosition; page?: LivePage }
    | { way: "socket"; after: number; isPlain: boolean };
}

/** Where a reader is: at this notification, and at this version of what has changed. */
export interface InboxPosition {
  seq: number;
  version: number;
}

/** A page in a browser, which gets its rows as HTML. */
export interface LivePage {
  accessUrl: string;
  /** How many notifications the user has not read as it begins. */
  unread: number;
  /** The id of its row while it is visible and the user gets push messages. */
  visibleAs?: string | undefined;
}

export interface JobWaker {
  /** Resolves after so many milliseconds, or earlier when there may be a job or the process stops. */
  wait: (milliseconds: number) => Promise<void>;
  /** A job may have come into the queue. */
  wake: () => void;
}

/** Wakes the requests of this process that wait for answers. */
export interface QuestionWaker {
  /** Throws 503 if too many wait. */
  join: (questionId: string, wait: { timeoutMs: number; signal: AbortSignal }) => QuestionWait;
  /** These have ended by what this process has written. */
  wake: (questionIds: readonly string[]) => void;
}

export interface QuestionWait {
  /** Resolves when the question may have ended, also if that was since the last call, or when the wait is over. */
  woken: () => Promise<void>;
  /** The time is up, the client has gone, or the process stops. */
  isOver: () => boolean;
  leave: () => void;
}

/** Requests for a reconciliation that arrive during a run cause one more run. */
export interface ReconciliationRequests {
  request: () => void;
}

/** What is sent side by side: the messages of a channel, or those of one receiver. */
export interface DeliveryQueue {
  method: string;
  /** Null: of a channel. */
  receiverId: string | null;
}

/** A message that is to be sent, and where it waits. */
export interface QueuedMessage extends DeliveryQueue {
  id: string;
}

/** Gathers what is to be sent at once, so that a burst of requests makes few claims. */
export interface NudgeQueue {
  add: (messages: readonly QueuedMessage[]) => void;
  /** The same, in so many milliseconds. */
  addLater: (messages: readonly QueuedMessage[], wait: number) => void;
}

/** By which the messages of a claim are found. */
export interface MessageLease {
  token: string;
  /** Of the messages. */
  method: string;
  /** Its end, in epoch milliseconds. */
  until: number;
}

/** The leases on messages that this process is sending. */
export interface MessageLeases {
  /** A claim has got `count` messages; their lease is renewed until each of them has ended. */
  add: (lease: MessageLease, count: number) => void;
  /** One message of the claim is done: its result is written, or was given up. */
  end: (token: string) => void;
  /** The tokens that this process holds. */
  held: (now: number) => string[];
}

/** Everything that some enqueued events will write. Rows of several callers can be joined and written as one. */
export interface OutboxRows {
  events: (typeof notificationEvents.$inferInsert)[];
  messages: (typeof notificationMessages.$inferInsert)[];
  inbox: (typeof inboxNotifications.$inferInsert)[];
  /** Keys of events that are written only if theirs is the first request with it. */
  keys?: KeyClaim[];
  /** Dedupe keys that stand for a time only: older messages no longer hold them. */
  windows?: DedupeWindow[];
  /** Situations that events open, or are another occurrence of. */
  occurrences?: Occurrence[];
  /** Events that go to others, too, unless somebody reads them in time. */
  escalations?: (typeof notificationEscalations.$inferInsert)[];
}

/** One event of a situation. */
export interface Occurrence {
  /** The situation's id, unless there is one already. */
  id: string;
  key: string;
  eventId: string;
  at: number;
  /** Nobody is notified if it recurs shortly after it was resolved. */
  isCalm: boolean;
}

export interface DedupeWindow {
  dedupeKey: string;
  /** Epoch milliseconds: messages made then or earlier don't count. */
  until: number;
}

/** What has become of a message. */
export type MessageState = Pick<
  typeof notificationMessages.$inferSelect,
  "id" | "userId" | "method" | "receiverId" | "status" | "reasons" | "dueAt"
>;

/** What a write has left of one caller's rows. */
export interface Written {
  messages: MessageState[];
  /** What the caller's keys stand for. */
  keys: StoredKey[];
}

/** Writes the rows of several callers together. */
export interface EnqueueGroup {
  add: (rows: OutboxRows) => Promise<Written>;
}

export interface MailEnvelope {
  /** Addresses alone, without names. */
  from: string;
  to: string;
  /** Headers and body. */
  message: string;
}

/** Sessions with the mail server. */
export interface MailPool {
  /** `host:port`, for people. */
  hostPort: string;
  /** Sends one message before the signal fires; returns the server's reply. Throws `MailFailure`. */
  send: (envelope: MailEnvelope, signal: AbortSignal) => Promise<string>;
  /** Names a sender in a session of its own and sends nothing; returns the server's reply. Throws `MailFailure`. */
  trySender: (from: string, signal: AbortSignal) => Promise<string>;
  /** Takes leave of the server: what rests at once, what is under way when it is done. What waits fails. */
  close: () => Promise<void>;
}

/** Our end of a WebSocket, open already or about to be. */
export interface Socket {
  send: (text: string) => void;
  close: (code: number, reason: string) => void;
  /** Calls back once, when the other side has gone. */
  onGone: (then: () => void) => void;
  /** Bytes that wait to be sent. */
  waiting: () => number;
}

/** Errors of `create` are not cached. Beyond so many values it begins anew. */
export function createCache(maxValues = Infinity): Cache {
  const values = new Map<string, unknown>();
  return <T>(key: string, create: () => T): T => {
    if (!values.has(key)) {
      if (values.size >= maxValues) values.clear();
      values.set(key, create());
    }
    return values.get(key) as T;
  };
}

/**
 * Sends an HTTP POST to a receiver and resolves once the headers of an answer are there, whatever its body does. Never
 * follows redirects; throws when the connection fails or the time is up. A kept connection that ends before the first
 * byte of an answer is replaced by a new one, once.
 */
export type Post = (request: {
  url: string;
  headers: Record<string, string>;
  body: string | Uint8Array<ArrayBuffer>;
  /** Milliseconds for the whole exchange. */
  timeout: number;
}) => Promise<{ status: number; headers: Headers }>;

/**
 * The same for an address that was added over the API: unless private addresses are allowed, only those that everybody can
 * reach are connected to. `body` is the beginning of the response.
 */
export type PostToReceiver = (request: {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Milliseconds for the whole exchange. */
  timeout: number;
  isPrivateAllowed: boolean;
}) => Promise<{ status: number; headers: Headers; body: string }>;

/** What a HEAD request, which changes nothing, brought back. */
export type ReachResult =
  | { ok: true; status: number; milliseconds: number; /** The other side's clock. */ date: number | null }
  | { ok: false; problem: string };

/** `timeout` in milliseconds; `authorization` is the header's value. Never throws. */
export type Reach = (url: string, timeout: number, authorization: string | undefined) => Promise<ReachResult>;
