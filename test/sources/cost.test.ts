// What a message of a source costs, in an empty deployment and in a large one, on a real libSQL server.
import { expect, test } from "vitest";
import { coderMessage } from "../support/coder-messages.ts";
import { createMeter } from "../support/meter.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";
import { addSource, postMessage } from "../support/sources.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";

test.skipIf(noServer)(
  "two round trips at most, and as many rows in a large deployment as in a small one",
  async () => {
    const libsql = await startLibsqlServer();
    try {
      const meter = createMeter();
      const server = await startTestServer({
        adapter: "plain",
        environment: { BELFRY_DATABASE_URL: libsql.url },
        onTrip: meter.onTrip,
        onAnswer: meter.onAnswer,
      });
      const { token } = await signInFirst(server);
      await addUser(server, "mia");
      const source = await addSource(server, token);
      const stranger = { user_id: crypto.randomUUID(), user_email: "pia@example.com", user_username: "pia" };
      await postMessage(server, source, coderMessage());
      await postMessage(server, source, coderMessage(stranger));

      async function cost(message: unknown, address = source.address) {
        await server.settled();
        meter.reset();
        await postMessage(server, { address }, message);
        await server.settled();
        const { trips, rowsRead, rowsWritten } = meter;
        return { trips, rowsRead, rowsWritten };
      }
      const table = async () => {
        const repeated = coderMessage();
        return {
          first: await cost(repeated),
          repeated: await cost(repeated),
          unknownPerson: await cost(coderMessage(stranger)),
          wrongSecret: await cost(coderMessage(), `${source.address}x`),
          passcode: await cost(coderMessage({ labels: { one_time_passcode: "x" } })),
          malformed: await cost("{"),
        };
      };
      const small = await table();
      const many = (count: number, insert: string) =>
        server.sql(
          `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) ${insert}`,
        );
      const pages = async () =>
        Number(
          (
            await server.sql(
              "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()",
            )
          )[0]!["bytes"],
        );
      const before = await pages();
      await many(
        50_000,
        `INSERT INTO source_receipts SELECT lower(hex(randomblob(4)) || '-' || hex(randomblob(14))), s.id,
        lower(hex(randomblob(4)) || '-' || hex(randomblob(14))), i FROM n, sources s`,
      );
      const bytes = (await pages()) - before;
      await many(
        50_000,
        `INSERT INTO source_message_ids SELECT unhex(s.id, '-'), randomblob(16) FROM n, sources s`,
      );
      const bytesOfIds = (await pages()) - before - bytes;
      await many(
        900,
        `INSERT INTO source_people (source_id, foreign_id, username, email, email_canonical, name, first_seen_at, last_seen_at)
      SELECT s.id, 'p' || i, 'p' || i, '', '', '', 1, 1 FROM n, sources s`,
      );
      await many(
        5_000,
        `INSERT INTO users (id, username, email, email_canonical, name, status, is_system, created_at, updated_at)
      SELECT 'u' || i, 'user' || i, 'u' || i || '@example.org', 'u' || i || '@example.org', '', 'active', 0, 1, 1 FROM n`,
      );
      await many(
        20_000,
        `INSERT INTO inbox_notifications (id, user_id, template_id, targets, title, content, icon, actions, created_at)
      SELECT 'i' || i, u.id, '39b1e189-c857-4b0c-877a-511144c18516', '[]', 't', 'c', '', '[]', 1 FROM n, users u WHERE u.username = 'mia'`,
      );
      const large = await table();
      console.table({
        ...small,
        ...Object.fromEntries(Object.entries(large).map(([name, row]) => [`${name}, large`, row])),
      });
      console.log({ bytesPerReceipt: bytes / 50_000, bytesPerId: bytesOfIds / 50_000 });
      for (const [name, { trips }] of Object.entries(large)) expect(trips, name).toBeLessThanOrEqual(2);
      for (const [name, row] of Object.entries(large)) {
        const own = small[name as keyof typeof small];
        // An unknown person is counted among up to 1,000 others.
        const others = name === "unknownPerson" ? 4_000 : 5;
        expect(row.rowsRead - own.rowsRead, name).toBeLessThanOrEqual(others);
        expect(row.rowsWritten, name).toBeLessThanOrEqual(own.rowsWritten + 2);
      }
      expect(bytes / 50_000).toBeLessThan(250);
      expect(bytesOfIds / 50_000).toBeLessThan(80);
    } finally {
      await libsql.stop();
    }
  },
);
