// What every route is made of: `endpoint` (who may call, what it answers), `valid` (what it takes) and `readAsUser` (who is
// asking, together with what the handler reads). Handlers stay inline, next to their path.
import { zValidator } from "@hono/zod-validator";
import type { HonoRequest, MiddlewareHandler, ValidationTargets } from "hono";
import type * as z from "zod";
import type { Answers, Reads, SQL, Statement } from "../../db/client.ts";
import { bothSql, failUnless, isGuardFailure } from "../../db/statements.ts";
import { isKeyUseDue, verifySession, type Actor, type SessionRow } from "../accounts/rules/actor.ts";
import {
  hasPermission,
  rolesWithPermission,
  scopeAllows,
  scopesThatAllow,
} from "../accounts/rules/permissions.ts";
import {
  findSession,
  findSessionIf,
  keyMeetsSql,
  touchKey,
  userIdByValidKeySql,
  userIdByKeySql,
} from "../accounts/store/keys.ts";
import { countUnread } from "../notifications/inbox/store/inbox.ts";
import { ApiError, forbidden, invalidFields, unauthorized, type Validation } from "../kernel/errors.ts";
import { hasProvisionerKey, readAsProvisioner, requireProvisionerCredential } from "./provisioner-auth.ts";
import { boundBody, boundOwnBody, mayBeLarge, smallBodyBytes, maxBodyBytes } from "./bodies.ts";
import {
  hasAgentToken,
  requireAgentToken,
  requireCredential,
  isSafe,
  requireOwnOrigin,
} from "./credentials.ts";
import type { Ctx, Endpoint, Env, Limits, Requirement } from "./context.ts";
import { limitRequests } from "./request-limits.ts";
import { describeIssue } from "./rules/validation.ts";

export { visibleIf, type Ctx, type Endpoint, type Env, type Limits, type Requirement } from "./context.ts";

const endpointTag = Symbol("endpoint");
const schemaTag = Symbol("schema");
type Tagged = MiddlewareHandler & {
  [endpointTag]?: Endpoint;
  [schemaTag]?: { target: keyof ValidationTargets; schema: z.ZodType };
};

export const endpointOf = (handler: unknown): Endpoint | undefined => (handler as Tagged)[endpointTag];
export const schemaOf = (handler: unknown) => (handler as Tagged)[schemaTag];

/** First on every route: declares it, and rejects requests without the key that it needs. */
export function endpoint(description: Endpoint): MiddlewareHandler<Env> {
  const middleware: MiddlewareHandler<Env> = async (c, next) => {
    c.set("endpoint", description);
    if (description.access === "session") c.set("credential", requireCredential(c));
    else if (description.access === "provisioner") c.set("credential", requireProvisionerCredential(c));
    else if (description.access === "session-or-provisioner")
      c.set("credential", hasProvisionerKey(c) ? requireProvisionerCredential(c) : requireCredential(c));
    else if (
      description.access === "agent" ||
      (description.access === "session-or-agent" && hasAgentToken(c))
    )
      c.set("agentToken", requireAgentToken(c));
    else if (description.access === "session-or-agent") c.set("credential", requireCredential(c));
    else if (description.access === "anyone" && !isSafe(c.req.method)) requireOwnOrigin(c);
    limitRequests(c);
    await withBody(c, next);
  };
  (middleware as Tagged)[endpointTag] = description;
  return middleware;
}

/** Nothing large is read for who isn't let in, and few at a time. */
async function withBody(c: Ctx, next: () => Promise<void>): Promise<void> {
  const { access } = c.get("endpoint");
  if (!mayBeLarge(c)) return next();
  if (access === "anyone" || access === "agent" || access === "session-or-agent" || access === "source") {
    await boundBody(c, smallBodyBytes);
    return next();
  }
  if (access === "provisioner") await readAsProvisioner(c, {});
  else await readAsUser(c, {});
  const { process } = c.get("deps");
  const giveBack = await process.largeBodies.acquire(c.get("credential").keyId);
  if (giveBack === undefined) throw tooManyBodies();
  try {
    await boundOwnBody(c, maxBodyBytes(c.req.method, c.req.path, process.maxPlanBytes));
    await next();
  } finally {
    giveBack();
  }
}

const tooManyBodies = () =>
  new ApiError(503, "Too many large requests are being read at the moment.", {
    detail: "Nothing was changed. Try again in a few seconds.",
    headers: { "retry-after": "5" },
  });

/** Parses and checks a part of the request; what is wrong becomes one 400 that names each member. */
export function valid<Target extends keyof ValidationTargets, Schema extends z.ZodType>(
  target: Target,
  schema: Schema,
) {
  const middleware = zValidator(
    target,
    schema,
    (result, c) => {
      if (target === "json") requireJson(c.req);
      if (result.success) return;
      throw invalidFields(result.error.issues.map(toValidation));
    },
    // No schema waits for anything.
    { validationFunction: (own, value) => own.safeParse(value) as never },
  );
  (middleware as unknown as Tagged)[schemaTag] = { target, schema };
  return middleware;
}

function requireJson(request: HonoRequest): void {
  const type = request.header("content-type") ?? "";
  if (!/^application\/([\w.-]+\+)?json\b/i.test(type) && request.raw.body !== null) {
    throw new ApiError(415, "The body must be JSON.", {
      detail: "Send it with Content-Type: application/json.",
    });
  }
}

/** SQL for the id of the user who is asking, for reads that travel with the look-up of their key. */
export const currentUserIdSql = (c: Ctx) => userIdByKeySql(c.get("credential").keyId);
/** The same, for writes: NULL unless the key may do this now. */
export const authorizedUserIdSql = (c: Ctx) => userIdByValidKeySql(c.get("credential"), c.get("deps").now());

/**
 * One round trip: what the handler needs, behind a guard that fails unless the key is good, its scope allows this and
 * its user has the permission; nothing is read for anybody else. Throws 401 or 403 for them.
 * Where it depends on the thing, `visible` says who may; throws 404 for others.
 */
export const readAsUser = <T extends Reads>(
  c: Ctx,
  reads: T,
  limits: Limits = {},
): Promise<{ actor: Actor } & Answers<T>> =>
  askAs(
    c,
    // To the second: requests that are read together ask the same, and `authenticate` knows the millisecond.
    { ...limits, now: Math.floor(c.get("deps").now() / 1_000) * 1_000 },
    async (isAllowed) => {
      const session = findSessionIf(c.get("credential").keyId, isAllowed);
      const { db } = c.get("deps");
      if (c.get("endpoint").countsUnread !== true) return db.read({ session, ...reads });
      const answers = await db.read({ session, unreadOfPage: countUnread(currentUserIdSql(c)), ...reads });
      c.set("unread", answers.unreadOfPage[0]!.count);
      return answers;
    },
  );

/** The same for changes and what holds afterwards. */
export const writeAsUser = <T extends Reads>(
  c: Ctx,
  changes: Statement[],
  reads: T,
): Promise<{ actor: Actor } & Answers<T>> =>
  askAs(c, { now: c.get("deps").now() }, (isAllowed) =>
    c.get("deps").db.write([failUnless(isAllowed), ...changes], {
      ...reads,
      session: findSession(c.get("credential").keyId),
    }),
  );

async function askAs<T extends Reads>(
  c: Ctx,
  { requires = c.get("endpoint").requires, condition, now }: Limits & { now: number },
  run: (isAllowed: SQL) => Promise<unknown>,
): Promise<{ actor: Actor } & Answers<T>> {
  const { db } = c.get("deps");
  const credential = c.get("credential");
  const isAllowed = keyMeetsSql(credential, {
    now,
    scopes: scopesThatAllow(c.req.method, c.get("endpoint").action ?? "any"),
    roles: requires && rolesWithPermission(requires.permission),
  });
  try {
    const answers = (await run(condition === undefined ? isAllowed : bothSql(isAllowed, condition.when))) as {
      session: SessionRow[];
    } & Answers<T>;
    const actor = authenticate(c, answers.session[0], requires);
    noteUse(c, answers.session[0]!);
    return { ...answers, actor };
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    const { session } = await db.read({ session: findSession(credential.keyId) });
    authenticate(c, session[0], requires);
    if (condition !== undefined) throw condition.refusal();
    // What was wrong a moment ago is right now.
    throw unauthorized();
  }
}

/** Throws 401 or 403 with the reason. */
function authenticate(c: Ctx, row: SessionRow | undefined, requirement: Requirement | undefined): Actor {
  const verdict = verifySession(row, c.get("credential"), c.get("deps").now());
  if (!verdict.ok) {
    throw unauthorized(
      verdict.why === "suspended"
        ? "Your account is suspended. Ask an administrator to reactivate it."
        : undefined,
    );
  }
  c.set("actor", verdict.actor);
  if (!scopeAllows(verdict.actor, c.req.method, c.get("endpoint").action ?? "any")) {
    throw forbidden(`The token's scope is "${verdict.actor.scope}", which does not allow this.`);
  }
  if (requirement !== undefined && !hasPermission(verdict.actor, requirement.permission))
    throw forbidden(requirement.deniedMessage);
  return verdict.actor;
}

/** Of a request that was allowed. */
function noteUse(c: Ctx, row: SessionRow): void {
  const { now, db, defer } = c.get("deps");
  if (isKeyUseDue(row, now())) defer(() => db.write(touchKey(c.get("credential"), now()), {}));
}

/** For the form of a page that a schema reads. */
export function toValidation(issue: z.core.$ZodIssue): Validation {
  const field = issue.path.map(String).join(".");
  const detail = describeIssue(issue);
  if (issue.code === "unrecognized_keys") return { field: issue.keys.join(", "), detail };
  return { field: field === "" ? "body" : field, detail };
}
