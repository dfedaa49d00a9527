// Routes of files: the tar of a template's folder, put there by who makes versions, fetched by provisioners.
import { Hono } from "hono";
import * as z from "zod";
import type { Reads } from "../../db/client.ts";
import { ApiError, invalid, notFound } from "../kernel/errors.ts";
import { fileReads, readFile, storeFile } from "../workspaces/templates/files.ts";
import { endpoint, readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { hasProvisionerKey, readAsProvisioner } from "../http/provisioner-auth.ts";
import { bytes } from "../http/schemas.ts";

const tarType = "application/x-tar";

/** Coder's clients know the file's id as its hash. */
const storedSchema = z.object({
  hash: z.string().meta({ description: "the file's id" }),
  sha256: z.string(),
});

export const fileRoutes = new Hono<Env>()
  .post(
    "/files",
    endpoint({
      summary: "Upload a template's folder as a tar, at most 10 MiB; equal content is stored once",
      access: "session",
      requires: {
        permission: "templates:manage",
        deniedMessage: "Only owners and template admins can store files.",
      },
      body: bytes(tarType, 10_485_760),
      answers: { 200: storedSchema, 201: storedSchema },
      errors: [400, 401, 403, 413, 415],
    }),
    async (c) => {
      const { actor } = await readAsUser(c, {});
      const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
      if (type !== tarType)
        throw new ApiError(415, "The body must be a tar.", {
          detail: `Send it with Content-Type: ${tarType}.`,
        });
      const content = new Uint8Array(await c.req.arrayBuffer());
      const { file, isNew } = await storeFile(c.get("deps"), actor, content);
      return c.json({ hash: file.id, sha256: file.hash }, isNew ? 201 : 200);
    },
  )
  .get(
    "/files/:id",
    endpoint({
      summary: "Download a file by its id or SHA-256; for template admins and provisioners",
      access: "session-or-provisioner",
      answers: { 200: bytes(tarType) },
      errors: [400, 401, 403, 404],
    }),
    async (c) => {
      const name = c.req.param("id").toLowerCase();
      if (!/^([0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{64})$/.test(name))
        throw invalid("id", `"${c.req.param("id")}" is neither a UUID nor a SHA-256`);
      const { file, chunks } = await loadForFiles(c, fileReads(name));
      if (file[0] === undefined) throw notFound("File");
      const content = await readFile(c.get("deps"), file[0], chunks);
      return c.body(content, 200, { "content-type": tarType });
    },
  );

/** A bearer token may be of either kind; what comes in a header or a cookie of its own is what it says. */
async function loadForFiles<T extends Reads>(c: Ctx, reads: T) {
  const isBearer = c.req.header("coder-session-token") === undefined && c.req.header("authorization");
  if (hasProvisionerKey(c)) return readAsProvisioner(c, reads);
  if (isBearer) {
    try {
      return await readAsProvisioner(c, reads);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }
  return readAsUser(c, reads, {
    requires: {
      permission: "templates:manage",
      deniedMessage: "Only owners, template admins and provisioners can fetch files.",
    },
  });
}
