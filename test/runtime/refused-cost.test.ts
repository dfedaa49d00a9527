// What is done for those who are refused: every route and page with every credential that doesn't let in, on a real
// libSQL server that says how many rows it has read, with enough rows that a scan would show.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApi } from "../../src/api/index.ts";
import { routesOf } from "../../src/http/openapi.ts";
import { crowd } from "../support/crowd.ts";
import { callers, startEverybody, type Everybody } from "../support/everybody.ts";
import { createMeter } from "../support/meter.ts";
import { pages } from "../support/page-permissions.ts";
import { permissions } from "../support/permissions.ts";
import { noServer, startLibsqlServer, type LibsqlServer } from "../support/sqld.ts";
import { addUser } from "../support/server.ts";
import { wholeRequest } from "../support/whole-requests.ts";

/** The look-up of a key with its user and roles, and once more for the reason. */
const mostRows = 10;
/** Some see a thing that they may not change; an agent is looked for in its workspace. Never all there is of a kind. */
const mostRowsOfThing = 200;
const many = 300;

const routes = routesOf(createApi()).map(({ method, path }) => ({ method, path, name: `${method} ${path}` }));
type Headers = Record<string, string>;

/** Keys that let nobody in. */
async function badCredentials({ server, headers }: Everybody): Promise<Record<string, Headers>> {
  const key = (text: string) => ({ "coder-session-token": text });
  const owner = headers.owner["coder-session-token"]!;
  const gone = async (name: string, after: (user: { userId: string; token: string }) => Promise<unknown>) => {
    const user = await addUser(server, name, ["owner"]);
    await after(user);
    return key(user.token);
  };
  return {
    nothing: {},
    malformed: key("not-a-key"),
    "made up": key(`AAAAAAAAAA-${"B".repeat(22)}`),
    "another's secret": key(`${owner.slice(0, 10)}-${"B".repeat(22)}`),
    "a provisioner's, made up": { "coder-provisioner-daemon-key": `AAAAAAAAAA-${"B".repeat(22)}` },
    revoked: await gone("rita", ({ token }) => server.call("POST", "/api/v2/users/logout", { token })),
    suspended: await gone("sue", ({ userId }) =>
      server.sql(`UPDATE users SET status = 'suspended' WHERE id = '${userId}' RETURNING 1`),
    ),
    expired: await gone("eve", ({ token }) =>
      server.sql(`UPDATE api_keys SET expires_at = 1 WHERE id = '${token.slice(0, 10)}' RETURNING 1`),
    ),
    "an agent's": headers.agent,
    "an agent's, made up": key(headers.agent["coder-session-token"]!.replace(/.{64}$/, "0".repeat(64))),
    "a provisioner's": headers.provisioner,
    "of scope read": headers.read,
    "of scope notify": headers.notify,
    "of another member": headers.bob,
    "of a user-admin": headers["user-admin"],
    "of a template-admin": headers["template-admin"],
    "of an auditor": headers.auditor,
  };
}

/** Who of support/everybody.ts a credential is; nobody where it is bad. */
const callerOf = ({ headers }: Everybody, given: Headers) =>
  callers.find((caller) => caller !== "anonymous" && headers[caller] === given);

describe.skipIf(noServer)("on a libSQL server", () => {
  let libsql: LibsqlServer;
  beforeAll(async () => {
    libsql = await startLibsqlServer();
  });
  afterAll(() => libsql.stop());

  test("who is refused costs no more than the look at their key, whatever they ask for", async () => {
    const meter = createMeter();
    const everybody = await startEverybody({
      adapter: "plain",
      environment: { BELFRY_DATABASE_URL: libsql.url },
      onAnswer: meter.onAnswer,
    });
    const { server, ids } = everybody;
    await crowd(server, ids, many);
    const credentials = await badCredentials(everybody);
    const dear: string[] = [];
    const measure = async (name: string, credential: string, path: string, init: RequestInit) => {
      meter.reset();
      const answer = await fetch(server.url + path, { redirect: "manual", ...init });
      await answer.body?.cancel();
      await server.settled();
      const most = /^of |^an agent's/.test(credential) ? mostRowsOfThing : mostRows;
      if (meter.rowsRead > most || meter.rowsWritten > 0)
        dear.push(`${name}: ${credential} gets ${answer.status} for ${meter.rowsRead} rows`);
    };
    for (const [credential, given] of Object.entries(credentials)) {
      const caller = callerOf(everybody, given);
      const mayNot = (who: readonly string[]) =>
        who !== callers && (caller === undefined || !who.includes(caller));
      for (const { method, path, name } of routes.filter(({ name }) => mayNot(permissions[name]!))) {
        const { path: filled, json, body, headers: own = {} } = wholeRequest(ids, method, path);
        const type: Headers = json === undefined ? {} : { "content-type": "application/json" };
        const sent = json === undefined ? body : JSON.stringify(json);
        const headers = { ...type, ...own, ...given };
        await measure(name, credential, filled, { method, headers, body: sent ?? null });
      }
      const cookie = `coder_session_token=${given["coder-session-token"] ?? ""}`;
      for (const [name, { path, form }] of Object.entries(pages).filter(([, page]) => mayNot(page.who))) {
        const [method, route] = name.split(" ") as [string, string];
        const filled = (path ?? route).replace(":inbox", ids["inbox"]!);
        const body = method === "POST" ? new URLSearchParams(form) : null;
        await measure(name, credential, filled, { method, body, headers: { accept: "text/html", cookie } });
      }
    }
    expect(dear).toEqual([]);
  });
});
