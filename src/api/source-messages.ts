// The route that Coder's server posts its notifications to. A source's secret is in the path.
import { Hono } from "hono";
import { endpoint, type Env } from "../http/endpoint.ts";
import { limitRequests, networkOf } from "../http/request-limits.ts";
import { ApiError } from "../kernel/errors.ts";
import { receiveMessage } from "../sources/receive.ts";
import { coderEnvelope } from "../sources/rules/coder-message.ts";

export const sourceMessageRoutes = new Hono<Env>().post(
  "/source-messages/:secret",
  endpoint({
    summary:
      "Receive a notification of a Coder deployment: what CODER_NOTIFICATIONS_WEBHOOK_ENDPOINT points to. A message id (X-Message-Id) counts once",
    access: "source",
    body: coderEnvelope,
    answers: { 204: null },
    errors: [400, 403, 404, 410, 422, 429],
  }),
  async (c) => {
    try {
      await receiveMessage(c.get("deps"), {
        secret: c.req.param("secret"),
        messageId: c.req.header("x-message-id"),
        userAgent: c.req.header("user-agent"),
        body: await c.req.text(),
      });
    } catch (error) {
      // Who knows no secret is counted by network, as anybody is.
      if (error instanceof ApiError && error.status === 404) limitRequests(c, networkOf(c));
      throw error;
    }
    return c.body(null, 204);
  },
);
