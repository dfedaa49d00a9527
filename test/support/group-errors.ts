// How to make the errors that routes of groups declare.
import type { Make } from "./workspace-errors.ts";

const path = "/api/v2/organizations/default/groups";

const as =
  (method: string, path: string, json?: unknown): Make =>
  ({ server, token }) =>
    server.call(method, path, { token, ...(json === undefined ? {} : { json }) });

/** With a group of this name. */
const withGroup =
  (name: string, make: Make): Make =>
  async (world) => {
    await as("POST", path, { name })(world);
    return make(world);
  };

/** Bodies that pass validation. */
export const groupBodies: Record<string, unknown> = {
  "POST /api/v2/organizations/:organization/groups": { name: "another" },
  "PATCH /api/v2/groups/:group": { display_name: "Another" },
};

export const groupErrors: Record<string, Make> = {
  "GET /api/v2/groups 400": as("GET", "/api/v2/groups?has_member=nobody"),
  "GET /api/v2/organizations/:organization/groups 400": as("GET", `${path}?limit=x`),
  "GET /api/v2/organizations/:organization/groups 404": as("GET", "/api/v2/organizations/none/groups"),
  "POST /api/v2/organizations/:organization/groups 404": as("POST", "/api/v2/organizations/none/groups", {
    name: "x",
  }),
  "POST /api/v2/organizations/:organization/groups 409": withGroup(
    "taken",
    as("POST", path, { name: "Taken" }),
  ),
  "GET /api/v2/organizations/:organization/groups/:name 404": as("GET", `${path}/none`),
  "GET /api/v2/groups/:group 404": as("GET", "/api/v2/groups/none"),
  "GET /api/v2/groups/:group/members 400": as("GET", "/api/v2/groups/none/members?limit=x"),
  "GET /api/v2/groups/:group/members 404": as("GET", "/api/v2/groups/none/members"),
  "PATCH /api/v2/groups/:group 404": as("PATCH", "/api/v2/groups/none", { name: "x" }),
  "PATCH /api/v2/groups/:group 409": withGroup(
    "first",
    withGroup("second", as("PATCH", "/api/v2/groups/second", { name: "first" })),
  ),
  "DELETE /api/v2/groups/:group 404": as("DELETE", "/api/v2/groups/none"),
};
