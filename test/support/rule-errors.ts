// How to make the errors that routes of rules declare.
import type { Make } from "./workspace-errors.ts";

const paths = ["/api/v2/notifications/rules", "/api/v2/users/:user/notifications/rules"] as const;

const as =
  (method: string, path: string, json?: unknown): Make =>
  ({ server, token }) =>
    server.call(method, path.replace(":user", "me"), { token, ...(json === undefined ? {} : { json }) });

/** With a rule of this name. */
const withRule =
  (path: string, name: string, make: Make): Make =>
  async (world) => {
    await as("POST", path, { name, suppress: true })(world);
    return make(world);
  };

/** Bodies that pass validation. */
const dryRun = "POST /api/v2/users/:user/notifications/dry-run";
export const ruleBodies: Record<string, unknown> = Object.fromEntries([
  [dryRun, { kind: "task-failed" }],
  ...paths.flatMap((path) => [
    [`POST ${path}`, { name: "another", suppress: true }],
    [`PATCH ${path}/:rule`, { enabled: false }],
  ]),
]);

export const ruleErrors: Record<string, Make> = Object.assign(
  { [`${dryRun} 404`]: as("POST", "/api/v2/users/nobody/notifications/dry-run", { kind: "task-failed" }) },
  ...paths.map((path): Record<string, Make> => ({
    [`POST ${path} 409`]: withRule(path, "taken", as("POST", path, { name: "taken", suppress: true })),
    [`GET ${path}/:rule 404`]: as("GET", `${path}/none`),
    [`PATCH ${path}/:rule 404`]: as("PATCH", `${path}/none`, { enabled: false }),
    [`PATCH ${path}/:rule 409`]: withRule(
      path,
      "first",
      withRule(path, "second", as("PATCH", `${path}/second`, { name: "first" })),
    ),
    [`DELETE ${path}/:rule 404`]: as("DELETE", `${path}/none`),
    ...(path.includes(":user")
      ? {
          [`GET ${path} 404`]: as("GET", path.replace(":user", "nobody")),
          [`POST ${path} 404`]: as("POST", path.replace(":user", "nobody"), { name: "x", suppress: true }),
        }
      : {}),
  })),
);
