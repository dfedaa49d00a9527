// A pool of sessions with one mail server: at most so many at the same time, and idle ones are kept for the next message for
// a while. The runtime creates it once.
import type { MailPool } from "../../../../kernel/ports.ts";
import { openSession, type Session } from "./client.ts";
import { hostPort, MailFailure, type MailServer, type OpenMail } from "./connection.ts";
import type { Envelope } from "./transmit.ts";

export interface PoolLimits {
  connections: number;
  /** How long an unused session is kept. */
  idleMs: number;
}

export function createMailPool(
  openMail: OpenMail,
  server: MailServer,
  { connections = 5, idleMs = 10_000 }: Partial<PoolLimits> = {},
): MailPool {
  const sessions = createSessions(openMail, server, idleMs);
  const slots = createSlots(connections);

  return {
    hostPort: hostPort(server),
    send: async (envelope, signal) => {
      for (;;) {
        await slots.acquire(signal);
        try {
          const result = await sessions.send(envelope, signal);
          if ("response" in result) return result.response;
          // With other sessions open, messages wait for one of those. With none, all waiting messages fail too: a wrong
          // password tried by each of a hundred messages would lock the account.
          slots.limit(sessions.count(), result.unopened);
          if (sessions.count() === 0 || signal.aborted) throw result.unopened;
        } finally {
          slots.release();
        }
      }
    },
    trySender: async (from, signal) => {
      const session = await openSession(openMail, server, signal);
      try {
        return await session.trySender(from, signal);
      } finally {
        await session.quit();
      }
    },
    close: async () => {
      slots.close();
      await sessions.close();
    },
  };
}

interface Sessions {
  /** The server's reply, or why no session could be opened. Throws `MailFailure` for a later failure. */
  send: (
    envelope: Envelope,
    signal: AbortSignal,
  ) => Promise<{ response: string } | { unopened: MailFailure }>;
  /** Open sessions, including those being opened. */
  count: () => number;
  close: () => Promise<void>;
}

function createSessions(openMail: OpenMail, server: MailServer, idleMs: number): Sessions {
  let count = 0;
  const idle = createIdleSessions(idleMs, () => (count -= 1));

  async function sendOver(session: Session, envelope: Envelope, signal: AbortSignal) {
    try {
      const response = await session.send(envelope, signal);
      idle.put(session);
      return { response };
    } catch (error) {
      if (error instanceof MailFailure && !error.broken) {
        idle.put(session);
      } else {
        count -= 1;
        session.drop();
      }
      throw error;
    }
  }

  return {
    send: async (envelope, signal) => {
      const kept = idle.take();
      if (kept !== undefined) {
        try {
          return await sendOver(kept, envelope, signal);
        } catch (error) {
          // The server has closed it meanwhile.
          if (!(error instanceof MailFailure && error.broken && error.untouched)) throw error;
        }
      }
      count += 1;
      let session: Session;
      try {
        session = await openSession(openMail, server, signal);
      } catch (error) {
        count -= 1;
        if (error instanceof MailFailure) return { unopened: error };
        throw error;
      }
      return sendOver(session, envelope, signal);
    },
    count: () => count,
    close: idle.close,
  };
}

/** Open sessions that no message uses. `onClose` is called for each that is closed. */
function createIdleSessions(idleMs: number, onClose: () => void) {
  const timers = new Map<Session, ReturnType<typeof setTimeout>>();
  const quitting = new Set<Promise<void>>();
  let isClosed = false;

  function quit(session: Session): void {
    clearTimeout(timers.get(session));
    timers.delete(session);
    onClose();
    const done: Promise<void> = session.quit().finally(() => quitting.delete(done));
    quitting.add(done);
  }

  return {
    put: (session: Session): void => {
      if (isClosed) quit(session);
      else
        timers.set(
          session,
          setTimeout(() => quit(session), idleMs),
        );
    },
    take: (): Session | undefined => {
      const [session] = timers.keys();
      if (session === undefined) return undefined;
      clearTimeout(timers.get(session));
      timers.delete(session);
      return session;
    },
    close: async (): Promise<void> => {
      isClosed = true;
      for (const session of timers.keys()) quit(session);
      await Promise.all(quitting);
    },
  };
}

/** A semaphore for sessions. */
interface Slots {
  /** Resolves when a slot is free; each is given back with `release`. Throws `MailFailure`. */
  acquire: (signal: AbortSignal) => Promise<void>;
  release: () => void;
  /** Allows fewer slots until all are free; with 0, everything that waits fails. */
  limit: (count: number, failure: MailFailure) => void;
  /** Nothing acquires a slot any more. */
  close: () => void;
}

interface Waiter {
  go: () => void;
  fail: (failure: MailFailure) => void;
}

function createSlots(max: number): Slots {
  const waiting: Waiter[] = [];
  let busy = 0;
  let allowed = max;
  let closed: MailFailure | undefined;

  const failAll = (failure: MailFailure) => {
    for (const waiter of waiting.splice(0)) waiter.fail(failure);
  };

  return {
    acquire: (signal) => {
      if (closed !== undefined) return Promise.reject(closed);
      if (signal.aborted) return Promise.reject(new MailFailure("timed out before a connection was free"));
      if (busy < allowed) {
        busy += 1;
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const waiter = { go: resolve, fail: reject };
        waiting.push(waiter);
        signal.addEventListener("abort", () => {
          const index = waiting.indexOf(waiter);
          if (index >= 0) waiting.splice(index, 1);
          reject(new MailFailure(`no connection became free in time (${allowed} allowed)`));
        });
      });
    },
    release: () => {
      busy -= 1;
      if (busy === 0) allowed = max;
      while (busy < allowed && waiting.length > 0) {
        busy += 1;
        waiting.shift()!.go();
      }
    },
    limit: (count, failure) => {
      allowed = count;
      if (allowed === 0) failAll(failure);
    },
    close: () => {
      closed = new MailFailure("the server is shutting down");
      failAll(closed);
    },
  };
}
