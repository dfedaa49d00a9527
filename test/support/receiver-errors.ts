// How to make the errors that routes of receivers declare.
import type { Make } from "./workspace-errors.ts";

const path = "/api/v2/notifications/receivers";
const address = "https://hooks.slack.com/services/T/B/x";

const as =
  (method: string, of: string, json?: unknown): Make =>
  ({ server, token }) =>
    server.call(method, of, { token, ...(json === undefined ? {} : { json }) });

/** With a receiver of this name. */
const withReceiver =
  (name: string, json: object, make: Make): Make =>
  async (world) => {
    await as("POST", path, { name, ...json })(world);
    return make(world);
  };

/** One that was encrypted with another key. */
const withSealed = (name: string, act: string): Make =>
  withReceiver(name, { format: "coder", address: "https://hooks.example.com/x" }, async (world) => {
    await world.server.sql(
      `UPDATE notification_receivers SET sealed_target = 'AAAAAAAAAAAAAAAAAAAAAAAA' WHERE name = '${name}'`,
    );
    return as("POST", `${path}/${name}/${act}`)(world);
  });

/** Bodies that pass validation. */
export const receiverBodies: Record<string, unknown> = {
  [`POST ${path}`]: { name: "another", format: "slack", address },
  [`POST ${path}/preview`]: { format: "slack" },
  [`PATCH ${path}/:receiver`]: { min_severity: "warning" },
};

export const receiverErrors: Record<string, Make> = {
  [`POST ${path} 409`]: withReceiver(
    "taken",
    { format: "slack", address },
    as("POST", path, { name: "taken", format: "slack", address }),
  ),
  [`GET ${path}/:receiver 404`]: as("GET", `${path}/none`),
  [`PATCH ${path}/:receiver 404`]: as("PATCH", `${path}/none`, { enabled: false }),
  [`PATCH ${path}/:receiver 409`]: withReceiver(
    "first",
    { format: "slack", address },
    withReceiver("second", { format: "slack", address }, as("PATCH", `${path}/second`, { name: "first" })),
  ),
  [`POST ${path}/:receiver/rotate 400`]: withReceiver(
    "chat",
    { format: "slack", address },
    as("POST", `${path}/chat/rotate`),
  ),
  [`POST ${path}/:receiver/rotate 404`]: as("POST", `${path}/none/rotate`),
  [`POST ${path}/:receiver/rotate 409`]: withSealed("sealed", "rotate"),
  [`POST ${path}/:receiver/test 404`]: as("POST", `${path}/none/test`),
  [`POST ${path}/:receiver/test 409`]: withSealed("sealed-too", "test"),
  [`DELETE ${path}/:receiver 404`]: as("DELETE", `${path}/none`),
};
