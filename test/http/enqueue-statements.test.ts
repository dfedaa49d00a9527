// How many statements a custom notification sends: each costs time on a file, and more on a server.
import { expect, test } from "vitest";
import { startSignedIn } from "../support/pages.ts";

const environments: Record<string, Record<string, string>> = {
  "the inbox alone": {},
  "inbox and webhook": {
    BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: "http://127.0.0.1:9/hook",
    BELFRY_NOTIFICATIONS_METHOD: "webhook",
  },
};

/** Sends custom notifications to a server of its own, and returns the status and the batches of each. */
async function startSending(environment: Record<string, string>) {
  const trips: [string, number][] = [];
  const { server, token } = await startSignedIn({
    adapter: "plain",
    environment,
    onTrip: ({ mode, statements }) => trips.push([mode, statements]),
  });
  return async (title: string, headers: Record<string, string> = {}) => {
    // Deliveries of the one before read and write, too.
    await server.settled();
    trips.length = 0;
    const json = { content: { title, message: "All 312 tests passed" } };
    const answer = server.call("POST", "/api/v2/notifications/custom", { token, json, headers });
    return { status: (await answer).status, trips: [...trips] };
  };
}

test.each(Object.entries(environments))("one read and one write, for %s", async (_name, environment) => {
  const send = await startSending(environment);
  await send("first");
  const second = await send("second");
  expect([second.status, ...second.trips.slice(0, 2)]).toEqual([204, ["read", 3], ["write", 5]]);
  const third = await send("third", { "idempotency-key": "third" });
  expect([third.status, ...third.trips.slice(0, 2)]).toEqual([204, ["read", 4], ["write", 6]]);
});

test("a duplicate is written as one after the write of new rows has failed", async () => {
  const send = await startSending({});
  await send("first");
  expect(await send("first")).toEqual({
    status: 409,
    trips: [
      ["read", 3],
      ["write", 5],
      ["write", 7],
    ],
  });
});
