// What tests know of an answer before they ask: `tsc` fails where one of the expected errors is none.
import { expect, test } from "vitest";
import { signInFirst, startTestServer } from "../support/server.ts";

test("an answer has the fields of its route, or of an error, and no others", async () => {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  const options = { token };
  const user = await server.call("GET", `/api/v2/users/${userId}`, options);
  // @ts-expect-error: misspelt
  expect([user.json.username, user.json.usernam]).toEqual(["ada", undefined]);
  const users = await server.call("GET", `/api/v2/users?q=${user.json.username}`, options);
  // @ts-expect-error: of the route with a user's name
  expect([users.json.count, users.json.username]).toEqual([1, undefined]);
  const roles = await server.call("GET", `/api/v2/users/${userId}/roles`, options);
  // @ts-expect-error: of the route above this one
  expect([roles.json.roles, roles.json.username]).toEqual([["owner"], undefined]);
  const none = await server.call("GET", "/api/v2/users/nobody", options);
  expect([none.status, none.json.message.length > 0]).toEqual([404, true]);

  const path: string = "/api/v2/users/me";
  const unknown = await server.call("GET", path, options);
  // @ts-expect-error: nothing but an error's fields where the route isn't known
  expect(unknown.json.username).toBe("ada");
});
