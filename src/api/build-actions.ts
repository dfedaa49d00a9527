// Routes that restart a workspace and cancel a build.
import { Hono } from "hono";
import { endpoint, readAsUser, currentUserIdSql, valid, type Env } from "../http/endpoint.ts";
import { messageSchema } from "../http/schemas.ts";
import { notFound } from "../kernel/errors.ts";
import { cancelBuildAsUser } from "../workspaces/builds/cancel-build.ts";
import { findBuild } from "../workspaces/builds/store/builds.ts";
import { byId, createAs, creation, idParam, visibleBuild } from "./builds.ts";

export const buildActionRoutes = new Hono<Env>()
  .post(
    "/workspaces/:id/restart",
    endpoint({
      summary:
        "Restart a running workspace: a stop, which a start with the same version and parameters follows",
      ...creation,
    }),
    valid("param", idParam),
    async (c) => {
      const request = { transition: "stop", restarts: true, parameters: [] } as const;
      return c.json(await createAs(c, byId(c.req.valid("param").id), null, request), 201);
    },
  )
  .patch(
    "/workspacebuilds/:id/cancel",
    endpoint({
      summary: "Cancel a build; its provisioner stops a running one",
      access: "session",
      answers: { 200: messageSchema },
      errors: [400, 401, 403, 404],
    }),
    valid("param", idParam),
    async (c) => {
      const { id } = c.req.valid("param");
      const reads = { build: findBuild(id, currentUserIdSql(c)) };
      const { actor, build } = await readAsUser(c, reads, visibleBuild(c, id));
      if (build[0] === undefined) throw notFound("Build");
      await cancelBuildAsUser(c.get("deps"), actor, build[0]);
      return c.json({ message: "The build is being canceled." });
    },
  );
