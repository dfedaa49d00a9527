// Every route and page by everybody: whoever the tables let in gets in, all others are refused, and to whom something is
// unknown it is as if it were not there. What a request does is undone, so each finds the same world. `npm test` has each asked
// by nobody and by two others; `npm run test:adapters` by everybody.
import { expect, test } from "vitest";
import { createApi } from "../../src/api/index.ts";
import { routesOf } from "../../src/http/openapi.ts";
import { createPages } from "../../src/pages/index.ts";
import { callers, startEverybody, type Caller, type Everybody } from "../support/everybody.ts";
import { pages } from "../support/page-permissions.ts";
import { permissions } from "../support/permissions.ts";
import { wholeRequest, type WholeRequest } from "../support/whole-requests.ts";

const routes = routesOf(createApi()).map(({ method, path }) => ({ method, path, name: `${method} ${path}` }));
const refusals = [401, 403, 404];
const nobody = "00000000-0000-4000-8000-000000000000";

test("each route has its row in the table, and each row its route", () => {
  const names = routes.map(({ name }) => name);
  expect(names.filter((name) => permissions[name] === undefined)).toEqual([]);
  expect(Object.keys(permissions).filter((name) => !names.includes(name))).toEqual([]);
});

/** Nobody, and of the others two that change from one to the next, if not all: of those who may, and of those who may not. */
function askersOf(place: number, allowed: readonly Caller[]): readonly Caller[] {
  if (process.env["BELFRY_TEST_ADAPTER"] !== "lost") return callers;
  const others = callers.filter((caller) => caller !== "anonymous");
  const some = [true, false].flatMap((isAllowed) => {
    const alike = others.filter((caller) => allowed.includes(caller) === isAllowed);
    return alike.length === 0 ? [] : [alike[place % alike.length]!];
  });
  return ["anonymous", ...some];
}

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
  for (const [place, { method, path, name }] of routes.entries()) {
    const request = wholeRequest(everybody.ids, method, path);
    const stranger = wholeRequest({ ...nothing, user: "nobody" }, method, path);
    const decided = permissions[name] ?? [];
    for (const caller of askersOf(place, decided)) {
      const { status, words } = await ask(everybody, caller, method, request);
      const isIn = !refusals.includes(status);
      if (isIn !== decided.includes(caller)) wrong.push(`${name}: ${caller} gets ${status}`);
      if (status !== 404) continue;
      const unknown = await ask(everybody, caller, method, stranger);
      if (unknown.words !== words) wrong.push(`${name}: ${caller} can see that it exists`);
    }
  }
  await everybody.server.settled();
  expect(wrong).toEqual([]);
});

const pageNames = [...new Set(createPages().routes.map(({ method, path }) => `${method} ${path}`))];

test("each page has its row in the table, and each row its page", () => {
  expect(pageNames.toSorted()).toEqual(Object.keys(pages).toSorted());
});

test("pages let in whom the routes let in: others are asked to sign in, or it is as if nothing were there", async () => {
  const { server, headers, ids } = await startEverybody();
  const asOwner = { headers: headers.owner };
  const version = await server.call("GET", `/api/v2/templateversions/${ids["templateversions"]}`, asOwner);
  const wrong: string[] = [];
  for (const [place, name] of pageNames.entries()) {
    const [method, route] = name.split(" ") as [string, string];
    const { who, path = route, form } = pages[name]!;
    const filled = path
      .replace(":inbox", ids["inbox"]!)
      .replace(":preset", ids["presets"]!)
      .replace(":people", ids["people"]!)
      .replace(":newcomer", ids["newcomers"]!)
      .replace(":question", ids["questions"]!)
      .replace(":key", ids["keys"]!)
      .replace(":version", version.json.name);
    for (const caller of askersOf(place, who)) {
      const token = headers[caller]["coder-session-token"] ?? headers[caller]["authorization"] ?? "";
      const answer = await fetch(server.url + filled, {
        method,
        redirect: "manual",
        headers: { accept: "text/html", cookie: `coder_session_token=${token}` },
        ...(method === "POST" ? { body: new URLSearchParams(form) } : {}),
      });
      // Everybody's world forgets each write, so that a second one of the same request doesn't find what the first has made.
      const isSecondWrite =
        answer.status === 404 && (await answer.text()).includes("Source or user not found");
      if (!answer.bodyUsed) await answer.body?.cancel();
      const isSentAway = who !== callers && answer.headers.get("location")?.startsWith("/login") === true;
      const isIn = isSecondWrite || (!refusals.includes(answer.status) && !isSentAway);
      if (isIn !== who.includes(caller)) wrong.push(`${name}: ${caller} gets ${answer.status}`);
    }
  }
  await server.settled();
  expect(wrong).toEqual([]);
});

test("a page of another site changes nothing, whoever has opened it", async () => {
  const everybody = await startEverybody();
  const { server, headers, ids } = everybody;
  const send = async (method: string, path: string, more: RequestInit) => {
    const answer = await fetch(server.url + path, {
      method,
      redirect: "manual",
      ...more,
      headers: {
        cookie: `coder_session_token=${headers.owner["coder-session-token"]}`,
        origin: "https://evil.example.com",
        ...more.headers,
      },
    });
    await answer.body?.cancel();
    return answer.status;
  };
  const statuses: Record<string, number> = {};
  for (const { method, path, name } of routes) {
    if (method === "GET") continue;
    const { path: filled, json, body, headers: own = {} } = wholeRequest(ids, method, path);
    const type: Record<string, string> = json === undefined ? {} : { "content-type": "application/json" };
    const sent = json === undefined ? body : JSON.stringify(json);
    statuses[name] = await send(method, filled, { headers: { ...type, ...own }, body: sent ?? null });
  }
  for (const name of pageNames.filter((name) => name.startsWith("POST "))) {
    const { path = name.slice("POST ".length), form } = pages[name]!;
    const body = new URLSearchParams(form);
    statuses[name] = await send("POST", path.replace(":inbox", ids["inbox"]!), { body });
  }
  const others = Object.entries(statuses).filter(([, status]) => status !== 403);
  // No cookie is looked at for provisioners and agents. A mail program's one click comes from anywhere, with its token.
  const isElsewhere = (name: string) => /provisioner(jobs|daemons)|workspaceagents\/me/.test(name);
  expect(others.filter(([name, status]) => !(isElsewhere(name) && status === 401))).toEqual([
    // What lets in is the secret in the address, which no other site knows.
    ["POST /api/v2/source-messages/:secret", 204],
    ["POST /unsubscribe", 404],
  ]);
});
