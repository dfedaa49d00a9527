// How to make the errors that routes of sources declare.
import { coderMessage, passcodeKindId, sourceSecret } from "./coder-messages.ts";
import { addSource, postMessage, type TestSource } from "./sources.ts";
import type { Make } from "./workspace-errors.ts";

type World = Parameters<Make>[0];

const nobody = "00000000-0000-4000-8000-000000000000";

const as =
  (method: string, path: string, json?: unknown): Make =>
  ({ server, token }) =>
    server.call(method, path, { token, ...(json === undefined ? {} : { json }) });

/** With a source of this name. */
const withSource =
  (name: string, make: (source: TestSource, world: World) => ReturnType<Make>): Make =>
  async (world) =>
    make(await addSource(world.server, world.token, name), world);

const posted = (name: string, message: unknown, headers?: Record<string, string>): Make =>
  withSource(name, (source, { server }) => postMessage(server, source, message, headers));

/** Bodies that pass validation. */
export const sourceBodies: Record<string, unknown> = {
  "POST /api/v2/sources": { name: "another" },
  "PATCH /api/v2/sources/:source": { name: "another" },
  "PUT /api/v2/sources/:source/people/:id": { user: "ada" },
};

export const sourceErrors: Record<string, Make> = {
  "POST /api/v2/sources 409": withSource("taken", (_source, world) =>
    as("POST", "/api/v2/sources", { name: "taken" })(world),
  ),
  "PATCH /api/v2/sources/:source 404": as("PATCH", "/api/v2/sources/none", { name: "x" }),
  "PATCH /api/v2/sources/:source 409": withSource("first", async ({ name }, world) => {
    await addSource(world.server, world.token, "second");
    return as("PATCH", "/api/v2/sources/second", { name })(world);
  }),
  "POST /api/v2/sources/:source/rotate 404": as("POST", "/api/v2/sources/none/rotate"),
  "DELETE /api/v2/sources/:source 404": as("DELETE", "/api/v2/sources/none"),
  "GET /api/v2/sources/:source/people 404": as("GET", "/api/v2/sources/none/people"),
  "PUT /api/v2/sources/:source/people/:id 404": as("PUT", `/api/v2/sources/none/people/${nobody}`, {
    user: "ada",
  }),
  "DELETE /api/v2/sources/:source/people/:id 400": as("DELETE", "/api/v2/sources/none/people/1"),
  "DELETE /api/v2/sources/:source/people/:id 404": as("DELETE", `/api/v2/sources/none/people/${nobody}`),
  "POST /api/v2/source-messages/:secret 400": posted("malformed", "{"),
  "POST /api/v2/source-messages/:secret 403": withSource("disabled", async (source, world) => {
    await as("PATCH", "/api/v2/sources/disabled", { enabled: false })(world);
    return postMessage(world.server, source, coderMessage());
  }),
  "POST /api/v2/source-messages/:secret 404": as(
    "POST",
    `/api/v2/source-messages/${sourceSecret}`,
    coderMessage(),
  ),
  "POST /api/v2/source-messages/:secret 410": posted("loop", coderMessage(), { "user-agent": "Belfry" }),
  "POST /api/v2/source-messages/:secret 422": posted(
    "passcode",
    coderMessage({ notification_template_id: passcodeKindId }),
  ),
  "POST /api/v2/source-messages/:secret 429": withSource("busy", async (source, { server }) => {
    const sent = await Promise.all(Array.from({ length: 601 }, () => postMessage(server, source, "{")));
    return sent.find(({ status }) => status === 429)!;
  }),
};
