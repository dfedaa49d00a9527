// Sources that are sent much: anything at all, the same for years, and more than a minute allows.
import fc from "fast-check";
import { expect, test } from "vitest";
import { coderMessage } from "../support/coder-messages.ts";
import { owner, signIn } from "../support/server.ts";
import { addSource, postMessage, startWithSource } from "../support/sources.ts";

test("a message id counts once for as long as its source exists", async () => {
  const { server, token, post } = await startWithSource();
  const counts = async () => {
    const [found] = await server.sql(`SELECT (SELECT count(*) FROM source_receipts) AS receipts,
      (SELECT count(*) FROM source_message_ids) AS ids, (SELECT max(id) FROM notification_events) AS events`);
    return found;
  };
  const ticks = async () => {
    await server.runTick();
    await server.settled();
  };
  // More than a tick's first slice deletes.
  const messages = Array.from({ length: 210 }, () => coderMessage());
  for (const message of messages) expect((await post(message)).status).toBe(204);
  const other = await addSource(server, token, "other");
  expect((await postMessage(server, other, coderMessage())).status).toBe(204);
  server.clock.advance(365 * 86_400_000);
  await ticks();
  const before = await counts();
  expect(before).toMatchObject({ receipts: 0, ids: 211 });
  for (const message of [messages[0], messages[209]]) expect((await post(message)).status).toBe(204);
  expect(await counts()).toEqual(before);
  const key = await signIn(server, owner);
  expect((await server.call("DELETE", "/api/v2/sources/prod", { token: key })).status).toBe(204);
  await ticks();
  expect(await counts()).toMatchObject({ receipts: 0, ids: 1 });
});

test("no input fails the server", async () => {
  const { server, post, source } = await startWithSource();
  const whole = coderMessage();
  const text = fc.string({ unit: "binary", maxLength: 400 });
  const paths = [
    ...Object.keys(whole),
    ...Object.keys(whole.payload).map((name) => `payload.${name}`),
    "payload.labels.x",
  ];
  const changed = fc
    .tuple(
      fc.subarray(paths, { minLength: 1, maxLength: 4 }),
      fc.array(fc.jsonValue(), { minLength: 4, maxLength: 4 }),
    )
    .map(([names, values]) => {
      const message = structuredClone(coderMessage()) as unknown as Record<string, unknown>;
      names.forEach((name, at) => {
        const steps = name.split(".");
        let place = message;
        for (const step of steps.slice(0, -1)) {
          if (typeof place[step] !== "object" || place[step] === null) place[step] = {};
          place = place[step] as Record<string, unknown>;
        }
        place[steps.at(-1)!] = values[at];
      });
      return message as unknown;
    });
  const texts = fc.oneof(
    { weight: 4, arbitrary: changed },
    { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 8 }) },
    { weight: 2, arbitrary: text },
    {
      weight: 3,
      // Right in its form, with any text.
      arbitrary: fc.record({ text, key: text }).map(({ text, key }) =>
        coderMessage(
          {
            notification_name: `${text}.`,
            notification_template_id: crypto.randomUUID(),
            labels: { [key]: text },
            data: { [key]: [text] },
            user_name: text,
          },
          { title_markdown: text, body_markdown: text },
        ),
      ),
    },
  );
  const statuses: Record<number, number> = {};
  await fc.assert(
    fc.asyncProperty(texts, async (message) => {
      server.clock.advance(1_000);
      const { status } = await post(message, { "x-message-id": idOf(message) });
      statuses[status] = (statuses[status] ?? 0) + 1;
      return [204, 400, 410, 413, 422].includes(status);
    }),
    { numRuns: 400 },
  );
  expect(statuses[204]).toBeGreaterThan(20);
  expect(statuses[400]).toBeGreaterThan(20);
  for (const secret of ["%00", "%ff", "..%2f", "x".repeat(8_000), "%F0%9F%98%80"]) {
    const address = `${source.address.replace(/[^/]+$/, "")}${secret}`;
    const { status } = await postMessage(server, { address }, whole);
    expect([400, 404, 414, 431]).toContain(status);
  }
});

const idOf = (message: unknown): string => {
  const id = (message as { msg_id?: unknown } | null)?.msg_id;
  return typeof id === "string" && /^[\x21-\x7E]+$/.test(id) ? id : crypto.randomUUID();
};

test("600 messages a minute, for each source", async () => {
  const { server, token, post, inbox } = await startWithSource({ adapter: "plain" });
  const message = coderMessage();
  for (let sent = 0; sent < 600; sent += 100) {
    const answers = await Promise.all(Array.from({ length: 100 }, () => post(message)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
  }
  const refused = await post(coderMessage());
  expect([refused.status, refused.headers.get("retry-after"), refused.json.message]).toEqual([
    429,
    "60",
    "Too many messages: 600 a minute are allowed for each source.",
  ]);
  const other = await addSource(server, token, "other");
  expect((await postMessage(server, other, coderMessage())).status).toBe(204);
  server.clock.advance(60_000);
  expect((await post(coderMessage())).status).toBe(204);
  expect(await inbox()).toHaveLength(3);
});
