// How many statements a custom notification sends: each costs time on a file, and more on a server.
import { expect, test } from "vitest";
import { startSignedIn } from "../support/pages.ts";

const environments = {
  "the inbox alone": {},
  "inbox and webhook": {
    BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: "http://127.0.0.1:9/hook",
    BELFRY_NOTIFICATIONS_METHOD: "webhook",
  },
};

test.each(Object.entries(environments))("one read and one write, for %s", async (_name, environment) => {
  const trips: [string, number][] = [];
  const { server, token } = await startSignedIn({
    adapter: "plain",
    environment,
    onTrip: ({ mode, statements }) => trips.push([mode, statements]),
  });
  const send = async (title: string, headers: Record<string, string> = {}) => {
    // Deliveries of the one before read and write, too.
    await server.settled();
    trips.length = 0;
    const json = { content: { title, message: "All 312 tests passed" } };
    expect((await server.call("POST", "/api/v2/notifications/custom", { token, json, headers })).status).toBe(
      204,
    );
    return trips.slice(0, 2);
  };
  await send("first");
  expect(await send("second")).toEqual([
    ["read", 5],
    ["write", 7],
  ]);
  expect(await send("third", { "idempotency-key": "third" })).toEqual([
    ["read", 6],
    ["write", 10],
  ]);
});
