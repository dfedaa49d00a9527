// Routes of rules that decide how events reach people and receivers: the deployment's, and a user's own.
import { Hono } from "hono";
import * as z from "zod";
import { audit } from "../accounts/audit.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { findKey } from "../accounts/store/keys.ts";
import { hasPermissionSql } from "../accounts/store/manage.ts";
import { endpoint, readAsUser, valid, type Ctx, type Env, type Requirement } from "../http/endpoint.ts";
import { forbidden, unauthorized } from "../kernel/errors.ts";
import {
  changeRule,
  createRule,
  findRule,
  ownManager,
  removeRule,
  type RuleManager,
} from "../notifications/routing/manage.ts";
import { viewRules, type ViewedRule } from "../notifications/routing/view.ts";
import { listRules } from "../notifications/routing/store/rules.ts";
import { loadSubject } from "./preferences.ts";
import {
  changeRuleBody,
  createRuleBody,
  givenRule,
  ruleChange,
  rulesToJson,
  ruleShape,
} from "./rule-shape.ts";

export const toManageRules: Requirement = {
  permission: "deployment:manage",
  deniedMessage: "Only owners can manage rules.",
};
export const toReadRules: Requirement = {
  permission: "deployment:read",
  deniedMessage: "Only owners and auditors can see the deployment's rules.",
};

/** An owner, for the deployment's rules. */
export const ruleManagerOf = (c: Ctx, actor: Actor): RuleManager => ({
  userId: actor.userId,
  of: null,
  allowedSql: hasPermissionSql(actor, "deployment:manage"),
  note: (resourceId) => (entry, when) =>
    audit(
      c.get("deps"),
      { ...entry, actorId: actor.userId, resourceType: "notification_rule", resourceId },
      when,
    ),
  refuse: async () => {
    const { key } = await c.get("deps").db.read({ key: findKey(actor.keyId) });
    throw key.length === 0 ? unauthorized() : forbidden("Only owners can manage rules.");
  },
});

const path = "/notifications/rules";
const ownPath = "/users/:user/notifications/rules";

/** The deployment's rules, or those of the user in the path, and who changes them. */
async function readRules(c: Ctx) {
  const user = c.req.param("user");
  if (user === undefined) {
    const { actor, rules } = await readAsUser(c, { rules: listRules(null) });
    return { manager: ruleManagerOf(c, actor), rules };
  }
  const { userId } = await loadSubject(c, user);
  const { rules } = await c.get("deps").db.read({ rules: listRules(userId) });
  return { manager: ownManager(userId), rules };
}

async function list(c: Ctx) {
  const { rules } = await readRules(c);
  return rulesToJson(await viewRules(c.get("deps"), rules));
}

async function create(c: Ctx, body: z.infer<typeof createRuleBody>) {
  const { manager } = await readRules(c);
  return inOrder(c, manager, await createRule(c.get("deps"), manager, givenRule(body)));
}

async function change(c: Ctx, name: string, body: z.infer<typeof changeRuleBody>) {
  const { manager, rules } = await readRules(c);
  return inOrder(c, manager, await changeRule(c.get("deps"), manager, { rules, name }, ruleChange(body)));
}

/** With its place among the others, as it is now. */
async function inOrder(c: Ctx, { of }: RuleManager, rule: ViewedRule) {
  const { rules } = await c.get("deps").db.read({ rules: listRules(of) });
  return ruleShape.from({ ...rule, place: rules.findIndex(({ id }) => id === rule.id) + 1 });
}

async function remove(c: Ctx, name: string) {
  const { manager, rules } = await readRules(c);
  await removeRule(c.get("deps"), manager, { rules, name });
  return c.body(null, 204);
}

async function show(c: Ctx, name: string) {
  const { rules } = await readRules(c);
  findRule(rules, name);
  return findRule(rulesToJson(await viewRules(c.get("deps"), rules)), name);
}

const answers = { 200: ruleShape.schema };

export const ruleRoutes = new Hono<Env>()
  .get(
    path,
    endpoint({
      summary: "List the deployment's rules in their order",
      access: "session",
      requires: toReadRules,
      answers: { 200: z.array(ruleShape.schema) },
      errors: [401, 403],
    }),
    async (c) => c.json(await list(c)),
  )
  .post(
    path,
    endpoint({
      summary: "Create a rule of the deployment, after the others",
      access: "session",
      requires: toManageRules,
      answers: { 201: ruleShape.schema },
      errors: [400, 401, 403, 409, 413, 415],
    }),
    valid("json", createRuleBody),
    async (c) => c.json(await create(c, c.req.valid("json")), 201),
  )
  .get(
    `${path}/:rule`,
    endpoint({
      summary: "Get a rule of the deployment",
      access: "session",
      requires: toReadRules,
      answers,
      errors: [401, 403, 404],
    }),
    async (c) => c.json(await show(c, c.req.param("rule"))),
  )
  .patch(
    `${path}/:rule`,
    endpoint({
      summary: "Change, move, disable or enable a rule of the deployment",
      access: "session",
      requires: toManageRules,
      answers,
      errors: [400, 401, 403, 404, 409, 413, 415],
    }),
    valid("json", changeRuleBody),
    async (c) => c.json(await change(c, c.req.param("rule"), c.req.valid("json"))),
  )
  .delete(
    `${path}/:rule`,
    endpoint({
      summary: "Delete a rule of the deployment",
      access: "session",
      requires: toManageRules,
      answers: { 204: null },
      errors: [401, 403, 404],
    }),
    (c) => remove(c, c.req.param("rule")),
  )
  .get(
    ownPath,
    endpoint({
      summary: "List a user's own rules in their order",
      access: "session",
      answers: { 200: z.array(ruleShape.schema) },
      errors: [401, 404],
    }),
    async (c) => c.json(await list(c)),
  )
  .post(
    ownPath,
    endpoint({
      summary: "Create a rule for the notifications of a user, after their others",
      access: "session",
      answers: { 201: ruleShape.schema },
      errors: [400, 401, 404, 409, 413, 415],
    }),
    valid("json", createRuleBody),
    async (c) => c.json(await create(c, c.req.valid("json")), 201),
  )
  .get(
    `${ownPath}/:rule`,
    endpoint({ summary: "Get a user's own rule", access: "session", answers, errors: [401, 404] }),
    async (c) => c.json(await show(c, c.req.param("rule"))),
  )
  .patch(
    `${ownPath}/:rule`,
    endpoint({
      summary: "Change, move, disable or enable a user's own rule",
      access: "session",
      answers,
      errors: [400, 401, 404, 409, 413, 415],
    }),
    valid("json", changeRuleBody),
    async (c) => c.json(await change(c, c.req.param("rule"), c.req.valid("json"))),
  )
  .delete(
    `${ownPath}/:rule`,
    endpoint({
      summary: "Delete a user's own rule",
      access: "session",
      answers: { 204: null },
      errors: [401, 404],
    }),
    (c) => remove(c, c.req.param("rule")),
  );
