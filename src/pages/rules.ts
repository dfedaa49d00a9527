// Rules: how events reach people and receivers. Owners manage the deployment's; everybody their own.
import { Hono } from "hono";
import { hasPermission } from "../accounts/rules/permissions.ts";
import { ruleManagerOf, toManageRules, toReadRules } from "../api/rules.ts";
import { currentUserIdSql, readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { invalid } from "../kernel/errors.ts";
import { parseDuration } from "../kernel/rules/duration.ts";
import { methods } from "../notifications/channels/index.ts";
import {
  changeRule,
  createRule,
  findRule,
  ownManager,
  removeRule,
  type RuleChange,
} from "../notifications/routing/manage.ts";
import type { GivenRule } from "../notifications/routing/rules/given-rule.ts";
import { listRules } from "../notifications/routing/store/rules.ts";
import { viewRules } from "../notifications/routing/view.ts";
import { breadcrumb, countLabel, settingsTabs, tag } from "./components.ts";
import { namesIn, orShown, readForm } from "./form.ts";
import { html } from "./html.ts";
import { respondWithPage } from "./layout.ts";
import { notificationSettingsPath, ownRulesPath, rulesPath } from "./rules/links.ts";
import { fieldNames, methodOf, type Failed, type Given, type Scope } from "./rule-form.ts";
import {
  changeForm,
  creationForm,
  ruleControls,
  ruleFacts,
  ruleList,
  rulePath,
  rulesAside,
} from "./rules-view.ts";
import { dryRunSection, tryEvent } from "./rule-dry-run.ts";
import { signedIn } from "./session.ts";

const deployment: Scope = {
  base: rulesPath,
  title: "Rules",
  lead: "The first rule that matches an event decides how it reaches people and receivers. Each user's own rules are asked after these.",
  isOwn: false,
};
const own: Scope = {
  base: ownRulesPath,
  title: "Your notification rules",
  lead: "The first rule that matches a notification decides how it reaches you. The deployment's rules are asked before yours.",
  isOwn: true,
};

/** Throws 403 for the deployment's. */
async function readRules(c: Ctx, scope: Scope, requires = toManageRules) {
  if (scope.isOwn) {
    const { actor, rules } = await readAsUser(c, { rules: listOwn(c) });
    return { actor, manager: ownManager(actor.userId), rules };
  }
  const { actor, rules } = await readAsUser(c, { rules: listRules(null) }, { requires });
  return { actor, manager: ruleManagerOf(c, actor), rules };
}

const listOwn = (c: Ctx) => listRules(currentUserIdSql(c));

export const rulePages = new Hono<Env>().route("/", pagesOf(deployment)).route("/", pagesOf(own));

function pagesOf(scope: Scope) {
  const one = `${scope.base}/:rule` as const;
  return new Hono<Env>()
    .get(scope.base, signedIn, (c) => showRules(c, scope, { deleted: c.req.query("deleted") }))
    .post(scope.base, signedIn, async (c) => {
      const given = await readForm(c, fieldNames);
      return orShown(
        async () => {
          const { manager } = await readRules(c, scope);
          const rule = { ...changeOf(given), isEnabled: true };
          const created = await createRule(c.get("deps"), manager, rule);
          return c.redirect(`${rulePath(scope, created.name)}?done=created`, 303);
        },
        (error) => showRules(c, scope, { failed: { error, given } }),
      );
    })
    .get(one, signedIn, (c) => showRule(c, scope, c.req.param("rule")!))
    .post(`${one}/change`, signedIn, async (c) => {
      const given = await readForm(c, fieldNames);
      const name = c.req.param("rule")!;
      return orShown(
        async () => {
          const changed = await change(c, scope, changeOf(given));
          return c.redirect(`${rulePath(scope, changed.name)}?done=changed`, 303);
        },
        (error) => showRule(c, scope, name, { error, given }),
      );
    })
    .post(`${one}/move`, signedIn, async (c) => {
      const { position } = await readForm(c, ["position"]);
      if (!/^[1-9]\d{0,2}$/.test(position)) throw invalid("position", "must be a number from 1");
      await change(c, scope, { position: Number(position) });
      return c.redirect(scope.base, 303);
    })
    .post(`${one}/:change{(?:enable|disable)}`, signedIn, async (c) => {
      const { name } = await change(c, scope, { isEnabled: c.req.param("change") === "enable" });
      return c.redirect(`${rulePath(scope, name)}?done=changed`, 303);
    })
    .post(`${one}/delete`, signedIn, async (c) => {
      const { manager, rules } = await readRules(c, scope);
      const { name } = findRule(rules, c.req.param("rule")!);
      await removeRule(c.get("deps"), manager, { rules, name });
      return c.redirect(`${scope.base}?${new URLSearchParams({ deleted: name })}`, 303);
    });
}

async function change(c: Ctx, scope: Scope, wanted: RuleChange) {
  const { manager, rules } = await readRules(c, scope);
  return changeRule(c.get("deps"), manager, { rules, name: c.req.param("rule")! }, wanted);
}

/** Everything that the form has; what is suppressed has no other action. */
function changeOf(given: Required<Given>): Omit<GivenRule, "isEnabled"> {
  const suppress = given.suppress === "yes";
  const named = choiceIn(given.channels)?.map(methodOf) ?? null;
  const channels = named?.map((name) => {
    const method = methods.find((one) => one === name);
    if (method === undefined) throw invalid("channels", `unknown channel "${name}"`);
    return method;
  });
  const { digest } = given;
  return {
    name: given.name.trim(),
    filter: given.filter,
    continues: given.continue === "yes",
    suppress,
    channels: channels ?? null,
    receivers: choiceIn(given.receivers),
    delayMs: millisecondsOf(given, "delay_seconds"),
    digest: digest === "daily" || digest === "weekly" ? digest : null,
    escalateMs: millisecondsOf(given, "escalate_after_seconds"),
    escalateTo: choiceIn(given.escalate_to),
  };
}

function millisecondsOf(given: Given, field: "delay_seconds" | "escalate_after_seconds"): number | null {
  const text = (given[field] ?? "").trim();
  if (text === "") return null;
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw invalid(field, "must be a duration such as 15m");
  return milliseconds;
}

/** Null if nothing is named. */
function choiceIn(text: string): string[] | null {
  const names = namesIn(text.toLowerCase());
  return names.length === 0 ? null : names.join() === "none" ? [] : names;
}

interface ListView {
  /** The name of one that was deleted. */
  deleted?: string | undefined;
  failed?: Failed;
}

async function showRules(c: Ctx, scope: Scope, { deleted, failed }: ListView) {
  const { actor, rules: rows } = await readRules(c, scope, toReadRules);
  const rules = await viewRules(c.get("deps"), rows);
  const tried = await tryEvent(c, scope);
  const manages = scope.isOwn || hasPermission(actor, "deployment:manage");
  const { title, base, lead } = scope;
  const main = html`<section>
    <div class="head">
      <h1>${title}</h1>
      <p class="count">${countLabel(rules.length, "rule")}</p>
    </div>
    ${scope.isOwn ? settingsTabs(notificationSettingsPath) : ""}
    <p class="lead">${lead}</p>
    ${deleted === undefined ? "" : html`<p class="note" role="status">Deleted ${deleted}.</p>`}
    ${manages ? creationForm(scope, failed) : ""} ${ruleList(scope, rules, manages)}
    ${dryRunSection(scope, tried)} ${rulesAside}
  </section>`;
  return respondWithPage(c, { title, section: base, actor, main }, (failed ?? tried).error?.status);
}

const notes: Record<string, string> = {
  created: "Created. It is asked after the others.",
  changed: "Saved.",
};

async function showRule(c: Ctx, scope: Scope, name: string, failed?: Failed) {
  const { actor, rules } = await readRules(c, scope, toReadRules);
  const [rule] = await viewRules(c.get("deps"), [findRule(rules, name)]);
  const manages = scope.isOwn || hasPermission(actor, "deployment:manage");
  const asked = c.req.query("ask");
  const note = notes[c.req.query("done") ?? ""];
  const main = html`<section>
    ${breadcrumb([{ title: scope.title, page: scope.base }], rule!.name)}
    <div class="head">
      <h1>${rule!.name}</h1>
      ${rule!.isEnabled ? "" : tag("disabled")}
    </div>
    ${note === undefined ? "" : html`<p class="note" role="status">${note}</p>`} ${ruleFacts(rule!)}
    ${manages ? ruleControls(scope, rule!, asked) : ""}
    ${manages && asked === undefined ? changeForm(scope, rule!, failed) : ""} ${rulesAside}
  </section>`;
  return respondWithPage(c, { title: rule!.name, section: scope.base, actor, main }, failed?.error.status);
}
