// Hot requests build no SQL text after the first one: their statements are prepared.
import { expect, onTestFinished, test, vi } from "vitest";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";
import { startSignedIn } from "../support/pages.ts";

type Call = readonly [method: string, path: string, json: ((round: number) => unknown) | undefined];

const hot: Call[] = [
  [
    "POST",
    "/api/v2/notifications/custom",
    (round) => ({ content: { title: `Build ${round}`, message: "All 312 tests passed" } }),
  ],
  ["GET", "/api/v2/notifications/settings", undefined],
  ["GET", "/api/v2/buildinfo", undefined],
  ["GET", "/api/v2/notifications/inbox", undefined],
  ["GET", "/api/v2/notifications/inbox?read_status=unread", undefined],
  ["PUT", "/api/v2/notifications/inbox/mark-all-as-read", undefined],
];

test.each<Call>(hot)("%s %s builds no SQL text again", async (method, path, json) => {
  const { server, token } = await startSignedIn({ adapter: "plain", onStatement: undefined });
  const ask = async (round: number) => {
    const options = { token, ...(json === undefined ? {} : { json: json(round) }) };
    expect((await server.call(method, path, options)).status).toBeLessThan(300);
    await server.settled();
  };
  await ask(1);
  await ask(2);
  const texts = vi.spyOn(SQLiteAsyncDialect.prototype, "sqlToQuery");
  onTestFinished(() => texts.mockRestore());
  for (let round = 3; round < 6; round += 1) await ask(round);
  expect(texts).not.toHaveBeenCalled();
});

test("the release is returned without the database after the first request", async () => {
  let trips = 0;
  const { server } = await startSignedIn({ adapter: "plain", onTrip: () => (trips += 1) });
  const first = await server.call("GET", "/api/v2/buildinfo");
  trips = 0;
  expect((await server.call("GET", "/api/v2/buildinfo")).json).toEqual(first.json);
  expect([first.json.deployment_id, trips]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), 0]);
});
