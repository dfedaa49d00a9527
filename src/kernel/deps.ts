// What the application is given: `Process` lives as long as the process (per invocation on Workers), `Deps` as long as
// one request or one pass.
import type { Database } from "../../db/client.ts";
import type { Config } from "../config/config.ts";
import type { KeysFor } from "./crypto.ts";
import type { Log } from "./log.ts";
import type { Measures } from "./measures.ts";
import type {
  Cache,
  Clock,
  EnqueueGroup,
  InboxWaker,
  InboxWatch,
  JobWaker,
  MailPool,
  MessageLeases,
  NudgeQueue,
  QuestionWaker,
  ReconciliationRequests,
  Socket,
  UnsignedUntil,
  Post,
  PostToReceiver,
} from "./ports.ts";
import type { Family } from "./rules/metrics.ts";
import type { FairQueue, RequestLimit, Semaphore, Slots } from "./rules/limits.ts";
import type { TraceContext } from "./rules/trace.ts";
import type { Tracer } from "./tracer.ts";
import type { TextCache } from "./rules/text-cache.ts";

export interface Process {
  clock: Clock;
  /** For work that is no single request's, as that of queues and timers is: its log lines carry no request's id. */
  deps: () => Deps;
  /** Compiled notification templates, by id and version. */
  templates: Cache;
  /** Parsed rules and filters, by their texts. */
  filters: Cache;
  /** HTML of notifications: of their titles and bodies, of the reasons for which people get them, and of their times. */
  rendered: { titles: TextCache; bodies: TextCache; reasons: TextCache; times: TextCache };
  /** What the search of the documentation looks through. */
  documents: Cache;
  /** As the last tick has read it. */
  unsignedUntil: { value: UnsignedUntil };
  /** Once it has been read: it never changes. */
  deploymentId: { value: string | undefined };
  /** Gathers concurrent enqueues into one write; null where each request writes for itself (Workers). */
  enqueueGroup: EnqueueGroup | null;
  /** Sessions with the mail server; null when mail is not set up. */
  mail: MailPool | null;
  /** Wakes the open inboxes of this process. */
  hub: InboxWaker;
  /** For those who send more than 64 KiB at once, by their keys. */
  largeBodies: Semaphore;
  /** The largest plan that is accepted. */
  maxPlanBytes: number;
  /** Wakes the provisioners that wait for a job in this process. */
  jobs: JobWaker;
  /** Wakes the agents that wait for an answer in this process. */
  questions: QuestionWaker;
  /** Requests of each caller; null where there is no limit. */
  requests: RequestLimit | null;
  /** Messages of each source. */
  sourceMessages: RequestLimit;
  /** Password hashes: few at a time, shared fairly between networks and accounts. */
  hashing: FairQueue;
  /** scrypt's N; 2^14 when left out. Tests, which hash a lot, set less. */
  passwordCost?: number;
  /** Gathers nudges, so that messages enqueued together are sent together; null where each request sends its own. */
  nudges: NudgeQueue | null;
  /** The messages that this process is sending. */
  leases: MessageLeases;
  /** Keys of the queues of which whatever is due is being claimed. */
  claiming: Set<string>;
  /** Gathers requests for a reconciliation; null where each request runs its own. */
  reconciliations: ReconciliationRequests | null;
  /** Failures of receivers that were logged in the last minute. */
  recentFailures: Map<string, { at: number; count: number }>;
  /** Where the platform has limits. */
  dispatchLimits: DispatchLimits | null;
  /** Asks for a dispatch of what is due then, in epoch milliseconds; null where timers do that, or the tick alone. */
  alarm: ((at: number) => void) | null;
  /** What this process counts for Prometheus; null where a process ends with its request (Workers). */
  measures: Measures | null;
  /** Sends spans to a collector; null without one. */
  tracer: Tracer | null;
  /** What `/metrics` has read of pools, for scrapes that follow shortly. */
  recentPools: { value: { at: number; families: readonly Family[] } | undefined };
  /** Whether the database has answered from a replica. */
  replica: { isSeen: boolean };
  /** Whether it prints the setup code when it starts; elsewhere `npm run db:migrate` alone does. */
  printsSetupCode: boolean;
  /** Aborted when the process is to stop: nothing more is claimed. */
  stopping: AbortSignal;
}

/** Of one dispatch. */
export interface DispatchLimits {
  messages: number;
  /** Milliseconds after which no more start. */
  time: number;
  /** At least so many are claimed at once, however few are sent at once. */
  claim?: number;
  /** What all queues together send at once. */
  slots?: Slots;
}

export interface Deps {
  /** Of the organization that the work is for. */
  db: Database;
  /** That organization's id; '' for a database's first. */
  organizationId: string;
  /** Epoch milliseconds; the only clock (`process.clock`). */
  now: () => number;
  /** A UUID of version 7, increasing. */
  newId: () => string;
  /** Runs after the answer is out; what it throws is logged. */
  defer: (task: () => Promise<unknown>) => void;
  post: Post;
  postToReceiver: PostToReceiver;
  /** Secret keys, by purpose. */
  keysFor: KeysFor;
  config: Config;
  log: Log;
  /** Of the request, or of the pass: a UUID that its log lines and audit entries carry. */
  requestId: string;
  /** Where the request comes from, behind a trusted proxy too; null when there is none (a tick). */
  clientAddress: string | null;
  /** The live inbox of an authorized user; a WebSocket only where the request asks for one. */
  watchInbox: (watch: InboxWatch) => Promise<Response>;
  /** Answers a request that asks for a WebSocket: `opened` is called after the handshake, in this process. */
  openSocket: (opened: (socket: Socket) => void) => Response;
  /** The trace that the work belongs to: what is written and sent carries it on; null for none. */
  trace: TraceContext | null;
  /** The OpenAPI document of this deployment's API. */
  openApi: () => Promise<Record<string, unknown>>;
  /** Files of `public/`: null when there is no such file. */
  assets: (path: string) => Promise<Response | null>;
  /** Changes with any of the files that pages load, and is part of their addresses. */
  assetsVersion: string;
  process: Process;
}
