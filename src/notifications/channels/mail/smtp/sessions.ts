// The sessions that a pool has: rested ones are used again before a new one is opened, and closed when nobody does.
import type { MailServer, OpenMail } from "./connection.ts";
import { MailFailure } from "./failure.ts";
import { openSession, type Session } from "./protocol.ts";
import type { Envelope } from "./transmit.ts";

export interface Sessions {
  /** The server's words, or why no session could be opened. Throws `MailFailure` for what came after that. */
  send: (envelope: Envelope, signal: AbortSignal) => Promise<{ words: string } | { unopened: MailFailure }>;
  /** How many there are, those being opened included. */
  count: () => number;
  close: () => Promise<void>;
}

/** `idle`: milliseconds that a session is kept without use. */
export function createSessions(openMail: OpenMail, server: MailServer, idle: number): Sessions {
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
