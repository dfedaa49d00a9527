// Mail to one server over a few sessions that are used again: at most so many at a time, and those without work are kept for
// the next message or closed when none comes. Made once by the runtime.
import type { MailPool } from "../../../../kernel/ports.ts";
import { openSession, type Session } from "./client.ts";
import { hostPort, type MailServer, type OpenMail } from "./connection.ts";
import { MailFailure } from "./failure.ts";
import type { Envelope } from "./transmit.ts";

export interface PoolLimits {
  connections: number;
  /** Milliseconds that a session is kept without use. */
  idle: number;
}

export function createMailPool(
  openMail: OpenMail,
  server: MailServer,
  { connections = 5, idle = 10_000 }: Partial<PoolLimits> = {},
): MailPool {
  const sessions = createSessions(openMail, server, idle);
  const turns = createTurns(connections);

  return {
    place: hostPort(server),
    send: async (envelope, signal) => {
      for (;;) {
        await turns.begin(signal);
        try {
          const result = await sessions.send(envelope, signal);
          if ("words" in result) return result.words;
          // Where others are in, one of their sessions will do. Where nobody is, who waits need not knock as well: a
          // wrong password tried by each of a hundred messages locks an account.
          turns.narrow(sessions.count(), result.unopened);
          if (sessions.count() === 0 || signal.aborted) throw result.unopened;
        } finally {
          turns.end();
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
      turns.close();
      await sessions.close();
    },
  };
}

interface Sessions {
  /** The server's words, or why no session could be opened. Throws `MailFailure` for what came after that. */
  send: (envelope: Envelope, signal: AbortSignal) => Promise<{ words: string } | { unopened: MailFailure }>;
  /** How many there are, those being opened included. */
  count: () => number;
  close: () => Promise<void>;
}

/** `idle`: milliseconds that a session is kept without use. */
function createSessions(openMail: OpenMail, server: MailServer, idle: number): Sessions {
  let count = 0;
  const rested = createRest(idle, () => (count -= 1));

  async function sendOver(session: Session, envelope: Envelope, signal: AbortSignal) {
    try {
      const words = await session.send(envelope, signal);
      rested.put(session);
      return { words };
    } catch (error) {
      if (error instanceof MailFailure && !error.broken) {
        rested.put(session);
      } else {
        count -= 1;
        session.drop();
      }
      throw error;
    }
  }

  return {
    send: async (envelope, signal) => {
      const kept = rested.take();
      if (kept !== undefined) {
        try {
          return await sendOver(kept, envelope, signal);
        } catch (error) {
          // The server had hung up meanwhile, or does now.
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
    close: rested.close,
  };
}

/** Sessions without work. `gone` is told of each that is closed from here. */
function createRest(idle: number, gone: () => void) {
  const timers = new Map<Session, ReturnType<typeof setTimeout>>();
  const partings = new Set<Promise<void>>();
  let closed = false;

  function part(session: Session): void {
    clearTimeout(timers.get(session));
    timers.delete(session);
    gone();
    const parting: Promise<void> = session.quit().finally(() => partings.delete(parting));
    partings.add(parting);
  }

  return {
    put: (session: Session): void => {
      if (closed) part(session);
      else
        timers.set(
          session,
          setTimeout(() => part(session), idle),
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
      closed = true;
      for (const session of timers.keys()) part(session);
      await Promise.all(partings);
    },
  };
}

interface Turns {
  /** Resolves when it is one's turn; each turn ends with `end`. Throws `MailFailure`. */
  begin: (signal: AbortSignal) => Promise<void>;
  end: () => void;
  /** Lets fewer through until everybody is through; with none, all who wait get the failure. */
  narrow: (width: number, failure: MailFailure) => void;
  /** Nobody begins any more. */
  close: () => void;
}

interface Waiter {
  go: () => void;
  fail: (failure: MailFailure) => void;
}

function createTurns(most: number): Turns {
  const waiting: Waiter[] = [];
  let busy = 0;
  let width = most;
  let closed: MailFailure | undefined;

  const failAll = (failure: MailFailure) => {
    for (const waiter of waiting.splice(0)) waiter.fail(failure);
  };

  return {
    begin: (signal) => {
      if (closed !== undefined) return Promise.reject(closed);
      if (signal.aborted) return Promise.reject(new MailFailure("no time was left"));
      if (busy < width) {
        busy += 1;
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const waiter = { go: resolve, fail: reject };
        waiting.push(waiter);
        signal.addEventListener("abort", () => {
          const place = waiting.indexOf(waiter);
          if (place >= 0) waiting.splice(place, 1);
          reject(new MailFailure(`no connection became free in time (there may be ${width})`));
        });
      });
    },
    end: () => {
      busy -= 1;
      if (busy === 0) width = most;
      while (busy < width && waiting.length > 0) {
        busy += 1;
        waiting.shift()!.go();
      }
    },
    narrow: (next, failure) => {
      width = next;
      if (width === 0) failAll(failure);
    },
    close: () => {
      closed = new MailFailure("the program is being stopped");
      failAll(closed);
    },
  };
}
