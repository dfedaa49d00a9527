// Every route by everybody: whoever the table lets in gets in, all others are refused, and to whom something is unknown it is
// as if it were not there. What a request does is taken back, so each finds the same world.
import { expect, test } from "vitest";
import { createApi } from "../src/api/index.ts";
import { routesOf } from "../src/openapi.ts";
import { callers, startEverybody, type Caller, type Everybody } from "./support/everybody.ts";
import { permissions } from "./support/permissions.ts";
import { wholeRequest, type WholeRequest } from "./support/whole-requests.ts";

const routes = routesOf(createApi()).map(({ method, path }) => ({ method, path, name: `${method} ${path}` }));
const refusals = [401, 403, 404];
const nobody = "00000000-0000-4000-8000-000000000000";

test("each route has its row in the table, and each row its route", () => {
  const names = routes.map(({ name }) => name);
  expect(names.filter((name) => permissions[name] === undefined)).toEqual([]);
  expect(Object.keys(permissions).filter((name) => !names.includes(name))).toEqual([]);
});

/** The status, and for what isn't there what is said of it. */
async function ask({ server, headers }: Everybody, caller: Caller, method: string, request: WholeRequest) {
  const { path, json, body, headers: own = {} } = request;
  const type = json === undefined ? {} : { "content-type": "application/json" };
  const sent = json === undefined ? body : JSON.stringify(json);
  const answer = await fetch(server.url + path, {
    method,
    redirect: "manual",
    headers: { ...type, ...own, ...headers[caller] },
    ...(sent === undefined ? {} : { body: sent }),
  });
  if (answer.status === 404) return { status: 404, words: await answer.text() };
  // Streams go on until somebody leaves.
  await answer.body?.cancel();
  return { status: answer.status, words: "" };
}

test("who may, may; everybody else is refused, and what they may not know of is as if it were not there", async () => {
  const everybody = await startEverybody();
  const nothing = Object.fromEntries(Object.keys(everybody.ids).map((kind) => [kind, nobody]));
  const wrong: string[] = [];
  for (const { method, path, name } of routes) {
    const request = wholeRequest(everybody.ids, method, path);
    const stranger = wholeRequest({ ...nothing, user: "nobody" }, method, path);
    const decided = permissions[name] ?? [];
    for (const caller of callers) {
      const { status, words } = await ask(everybody, caller, method, request);
      const isIn = !refusals.includes(status);
      if (isIn !== decided.includes(caller)) wrong.push(`${name}: ${caller} gets ${status}`);
      if (status !== 404) continue;
      const unknown = await ask(everybody, caller, method, stranger);
      if (unknown.words !== words) wrong.push(`${name}: ${caller} can tell that it is there`);
    }
  }
  await everybody.server.settled();
  expect(wrong).toEqual([]);
});
