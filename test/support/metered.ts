// A server whose notifications go to a webhook and whose libSQL server counts the rows that it reads and writes.
import { createMeter } from "./meter.ts";
import { startReceiver } from "./receiver.ts";
import { signInFirst, startTestServer } from "./server.ts";
import { startLibsqlServer } from "./sqld.ts";

/** Batches sent, rows read and written. */
export interface Cost {
  trips: number;
  read: number;
  written: number;
}

/** With its first user signed in. The caller stops the libSQL server. */
export async function startMetered() {
  const libsql = await startLibsqlServer();
  const meter = createMeter();
  const receiver = await startReceiver();
  const server = await startTestServer({
    adapter: "plain",
    environment: {
      BELFRY_DATABASE_URL: libsql.url,
      BELFRY_NOTIFICATIONS_METHOD: "webhook",
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
    },
    onTrip: meter.onTrip,
    onAnswer: meter.onAnswer,
  });
  /** Of one of `count`, with what follows from it. */
  async function cost(work: () => Promise<unknown>, count = 1): Promise<Cost> {
    await server.settled();
    meter.reset();
    await work();
    await server.settled();
    return {
      trips: meter.trips / count,
      read: meter.rowsRead / count,
      written: meter.rowsWritten / count,
    };
  }
  return { server, receiver, cost, stopDatabase: libsql.stop, ...(await signInFirst(server)) };
}
