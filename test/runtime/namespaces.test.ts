// Two organizations of one process, each with a namespace of a libSQL server: used at the same time, and one without the other.
import { randomUUID } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../support/program.ts";
import { startLink, type Link } from "../support/link.ts";
import { ownersOf, startOrganizations, type Member } from "../support/organizations.ts";
import { startReceiver, type Arrival } from "../support/receiver.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";
import { addTemplate } from "../support/workspaces.ts";

const names = ["first", "second"] as const;
const databaseTimeoutMs = 1_000;

/** A server with a namespace for each, and a way to it of its own. */
async function startNamespaces() {
  const adminPort = await freePort();
  const flags = ["--enable-namespaces", "--admin-listen-addr", `127.0.0.1:${adminPort}`];
  const libsql = await startLibsqlServer(flags);
  onTestFinished(libsql.stop);
  const admin = async (path: string, json: object) => {
    const answer = await fetch(`http://127.0.0.1:${adminPort}/v1/namespaces/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(json),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  for (const name of names) await admin(`${name}/create`, {});
  const links = await Promise.all(names.map((name) => startLink(libsql.url, `${name}.sqld.internal`)));
  return { links: links as [Link, Link], admin };
}

async function start() {
  const { links, admin } = await startNamespaces();
  const asked: [string[], string[]] = [[], []];
  links.forEach((link, at) => link.onRequest((body) => asked[at]!.push(body)));
  const receiver = await startReceiver();
  const started = await startOrganizations([links[0].url, links[1].url], {
    databaseTimeoutMs,
    environment: {
      BELFRY_NOTIFICATIONS_METHOD: "webhook",
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
    },
  });
  return { ...started, links, admin, asked, receiver };
}

const titlesOf = (name: string, count: number) => Array.from({ length: count }, (_, at) => `${name} ${at}`);
const deliveredTo = (arrivals: readonly Arrival[], { userId }: Member) =>
  arrivals.filter(({ json }) => json.payload.user_id === userId).map(({ json }) => json.title);

describe.skipIf(noServer)("organizations in namespaces of a libSQL server", () => {
  test("write, deliver, reconcile and tick at the same time; nothing of one gets to the other's namespace", async () => {
    const { first, second, asked, receiver } = await start();
    const both = [first, second] as const;
    const pools = await Promise.all(
      both.map(({ server, userId }) =>
        addTemplate(server, userId, "docker", {
          presets: [{ id: randomUUID(), name: "small", parameters: [], instances: 2 }],
        }),
      ),
    );
    const answers = await Promise.all(
      both.flatMap((member, at) => [
        ...titlesOf(names[at]!, 50).map((title) => member.send(title)),
        member.runTick(),
        member.call("POST", "/api/v2/prebuilds/reconcile"),
        member.runTick(),
      ]),
    );
    const statuses = answers.flatMap((answer) => ("status" in answer ? [answer.status] : []));
    expect(statuses.filter((status) => status !== 204 && status !== 200)).toEqual([]);
    await Promise.all(both.map(({ settled }) => settled()));
    const arrivals = await receiver.wait(100);
    expect(arrivals).toHaveLength(100);
    const ids: Set<string>[] = [];
    for (const [at, member] of both.entries()) {
      const titles = titlesOf(names[at]!, 50).toSorted();
      expect((await member.titles()).toSorted()).toEqual(titles);
      expect(deliveredTo(arrivals, member).toSorted()).toEqual(titles);
      expect(Object.values(await ownersOf(member.sql))).toEqual([[member.id], [member.id], [member.id]]);
      const rows =
        await member.sql(`SELECT id FROM notification_events UNION SELECT id FROM notification_messages
        UNION SELECT id FROM inbox_notifications UNION SELECT id FROM users WHERE NOT is_system UNION SELECT id FROM workspaces
        UNION SELECT id FROM presets UNION SELECT id FROM api_keys UNION SELECT id FROM organizations`);
      expect(await member.sql(`SELECT template_id AS id FROM workspaces`)).toEqual(
        Array.from({ length: 2 }, () => ({ id: pools[at]!.templateId })),
      );
      ids.push(new Set(rows.map(({ id }) => String(id))));
    }
    // More than rows that differ: no statement to one names anything of the other.
    for (const [at, bodies] of asked.entries()) {
      const named = [...new Set(bodies.join("\n").match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g))];
      expect(named.filter((id) => ids[at]!.has(id)).length).toBeGreaterThan(150);
      expect(named.filter((id) => ids[1 - at]!.has(id))).toEqual([]);
    }
  });

  const outages: [how: string, begin: (at: Place) => unknown, end: (at: Place) => unknown][] = [
    ["can't be reached", ({ links }) => links[0].cut(), ({ links }) => links[0].mend()],
    [
      "is blocked",
      ({ admin }) => admin("first/config", blocked(true)),
      ({ admin }) => admin("first/config", blocked(false)),
    ],
  ];
  test.each(outages)(
    "while one %s the other goes on, and it catches up afterwards",
    async (_how, begin, end) => {
      const { first, second, links, admin, receiver } = await start();
      await Promise.all([first.send("before"), second.send("before")]);
      await receiver.wait(2);
      await Promise.all([first.settled(), second.settled()]);
      await begin({ links, admin });
      // More than may wait for a database: a process that counted them together would refuse those of the other.
      let isWaiting = true;
      const away = Promise.all([
        ...titlesOf("away", 100).map((title) => first.send(title)),
        first.runTick().then(() => ({ status: 503 })),
      ]).finally(() => (isWaiting = false));
      const here: number[] = [];
      while (isWaiting) here.push((await second.send(`here ${here.length}`)).status);
      expect(new Set((await away).map(({ status }) => status))).toEqual(new Set([503]));
      expect(new Set(here)).toEqual(new Set([204]));
      expect((await second.runTick()).purged).toBe(true);
      await receiver.wait(2 + here.length);
      expect((await second.titles()).length).toBe(1 + here.length);
      expect((await first.call("GET", "/api/v2/notifications/inbox")).status).toBe(503);

      await end({ links, admin });
      expect((await first.send("after")).status).toBe(204);
      const arrivals = await receiver.wait(3 + here.length);
      expect(deliveredTo(arrivals, first)).toEqual(["before", "after"]);
      expect(await first.titles()).toEqual(["before", "after"]);
    },
  );
});

interface Place {
  links: readonly [Link, Link];
  admin: (path: string, json: object) => Promise<void>;
}

const blocked = (isBlocked: boolean) => ({ block_reads: isBlocked, block_writes: isBlocked });
