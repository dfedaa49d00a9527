// Mail to one server over a few sessions that are used again. Made once by the runtime; the channel sends through it.
import { placeOf, type MailServer, type OpenMail } from "./connection.ts";
import { createSessions } from "./sessions.ts";
import type { Envelope } from "./transmit.ts";
import { createTurns } from "./turns.ts";

export interface MailPool {
  /** `host:port`, for people. */
  place: string;
  /** Hands over one message before the signal fires; gives the server's words. Throws `MailFailure`. */
  send: (envelope: Envelope, signal: AbortSignal) => Promise<string>;
  /** Takes leave of the server: what rests at once, what is under way when it is done. What waits fails. */
  close: () => Promise<void>;
}

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
    place: placeOf(server),
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
    close: async () => {
      turns.close();
      await sessions.close();
    },
  };
}
