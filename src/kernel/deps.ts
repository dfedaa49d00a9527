/* oxlint-disable no-restricted-imports */
// What the application is given: `Process` lives as long as the process (per invocation on Workers), `Deps` as long as
// one request or one pass.
import type { Database } from "../../db/client.ts";
import type { UnsignedUntil } from "../accounts/rules/signed-key.ts";
import type { Config } from "../config/config.ts";
import type { KeysFor } from "./keys.ts";
import type { Log } from "./log.ts";
import type { Post } from "./post.ts";
import type { Hub, Watch } from "../notifications/inbox/hub.ts";
import type { MailPool } from "../notifications/channels/mail/smtp/pool.ts";
import type { NudgeQueue } from "../notifications/delivery/dispatch.ts";
import type { EnqueueGroup } from "../notifications/outbox/group.ts";
import type { MessageLeases } from "../notifications/delivery/leases.ts";
import type { FairQueue } from "./rules/fair-queue.ts";
import type { RequestLimit } from "./rules/rate-limit.ts";
import type { TemplateCache } from "../notifications/texts/rules/render.ts";
import type { PoolNudges } from "../prebuilds/reconcile/nudge.ts";
import type { Turns } from "./rules/semaphore.ts";
import type { JobWaker } from "../workspaces/jobs/waker.ts";

export interface Clock {
  /** Epoch milliseconds: the machine's time, corrected. */
  now: () => number;
  /** The machine's own. */
  local: () => number;
  /** Hears what the database's clock said when it was asked at the local time `asked`; answers by how much that changed ours. */
  observe: (database: number, asked: number) => number;
}

export interface Process {
  clock: Clock;
  /** Compiled notification templates, by id and version. */
  templates: TemplateCache;
  /** As the last tick has read it. */
  unsignedUntil: { value: UnsignedUntil };
  /** Gathers concurrent enqueues into one write; null where each request writes for itself (Workers). */
  group: EnqueueGroup | null;
  /** Sessions with the mail server; null when mail is not set up. */
  mail: MailPool | null;
  /** Wakes the open inboxes of this process. */
  hub: Hub;
  /** For those who send more than 64 KiB at once, by their keys. */
  largeBodies: Turns;
  /** Bytes of the largest plan that is read. */
  largestPlan: number;
  /** Wakes the provisioners that wait for a job in this process. */
  jobs: JobWaker;
  /** Requests of each caller; null where there is no limit. */
  requests: RequestLimit | null;
  /** Password hashes: few at a time, each network and account in its turn. */
  hashing: FairQueue;
  /** scrypt's N; 2^14 when left out. Tests, which hash a lot, set less. */
  passwordCost?: number;
  /** Gathers nudges, so that messages enqueued together are sent together; null where each request sends its own. */
  nudges: NudgeQueue | null;
  /** The messages that this process is sending. */
  leases: MessageLeases;
  /** Channels of which whatever is due is being claimed. */
  claiming: Set<string>;
  /** Gathers wishes for a pass over the pools; null where each request makes its own. */
  pools: PoolNudges | null;
  /** Failures of receivers that the log has told of in the last minute. */
  toldFailures: Map<string, { at: number; count: number }>;
  /** What one dispatch may do at most, where the platform sets limits: messages, and milliseconds after which no more begin. */
  dispatchLimits: { messages: number; time: number } | null;
  /** Aborted when the process is to stop: nothing more is claimed. */
  stopping: AbortSignal;
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

export interface Deps {
  db: Database;
  /** Epoch milliseconds; the only clock (`process.clock`). */
  now: () => number;
  /** A UUID of version 7, increasing. */
  newId: () => string;
  /** Runs after the answer is out; what it throws is logged. */
  defer: (task: () => Promise<unknown>) => void;
  post: Post;
  /** Secret keys, by purpose. */
  keysFor: KeysFor;
  config: Config;
  log: Log;
  /** Of the request, or of the pass: a UUID that its log lines and audit entries carry. */
  requestId: string;
  /** Where the request comes from, behind a trusted proxy too; null when there is none (a tick). */
  clientAddress: string | null;
  /** The live inbox of somebody who may see it; a WebSocket only where the request asks for one. */
  watchInbox: (watch: Watch) => Promise<Response>;
  /** Answers a request that asks for a WebSocket: `opened` is called after the handshake, in this process. */
  openSocket: (opened: (socket: Socket) => void) => Response;
  /** The OpenAPI document of this deployment's API. */
  openApi: () => Promise<Record<string, unknown>>;
  /** Files of `public/`: null when there is no such file. */
  assets: (path: string) => Promise<Response | null>;
  process: Process;
}
