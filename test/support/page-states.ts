// Every page in every state that looks different, in the world of world.ts. A page without a state fails the check of all pages
// (test/pages/browser-axe.test.ts).
import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { createUnsubscribeToken } from "../../src/notifications/preferences/unsubscribe.ts";
import { createAnswerToken } from "../../src/agent-sessions/questions/answer-link.ts";
import { longName, type World } from "./world.ts";

export interface PageState {
  /** Of its picture, too. */
  name: string;
  path: string;
  /** Who is signed in; nobody where it is null. */
  as: keyof World["tokens"] | null;
  /** What a person does there before they look. */
  act?: (page: Page) => Promise<void>;
  /** Only after the world has broken down, which comes last. */
  isBroken?: true;
}

const messages = "/deployment/notifications/messages";
const idle = "d4a6271c-cced-4ed0-84ad-afd02a9c7799";
const custom = "39b1e189-c857-4b0c-877a-511144c18516";

const openItems = async (page: Page) => {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll<HTMLDetailsElement>("#items details"))
      details.open = true;
  });
};
const openMenu = (label: string) => (page: Page) =>
  page.locator(".menu > summary", { hasText: label }).click();

const openForm = (label: string) => (page: Page) =>
  page.locator(".adding > summary", { hasText: label }).click();

const fillSend = (group: string) => async (page: Page) => {
  const form = page.locator("form[action$='/send']");
  await form.getByLabel("Title").fill("Upgrade at six");
  await form.getByLabel("Message").fill("Save your work, it takes **five minutes**.");
  await form.getByLabel("Groups").fill(group);
  await form.getByLabel("User admin").check();
  await form.getByRole("button", { name: "Count recipients" }).click();
  await page.locator(group === "sre" ? ".ask" : ".problem").waitFor();
};

/** More bytes than an answer may have, in as many characters as the field takes. */
const sendTooLong = async (page: Page) => {
  await page.getByLabel("Your answer").fill("ö".repeat(1_500));
  await page.getByRole("button", { name: "Send answer" }).click();
  await page.getByRole("alert").waitFor();
};

/** Goes through the states, those of one person in a row, and those of the broken world last. */
export async function eachState(
  world: World,
  states: readonly PageState[],
  visit: (as: PageState["as"], theirs: readonly PageState[]) => Promise<void>,
): Promise<void> {
  const visitAll = async (some: readonly PageState[]) => {
    for (const as of new Set(some.map((state) => state.as)))
      await visit(
        as,
        some.filter((state) => state.as === as),
      );
  };
  await visitAll(states.filter(({ isBroken }) => isBroken === undefined));
  await world.fail();
  await visitAll(states.filter(({ isBroken }) => isBroken === true));
}

export function pageStates({ server, ada, item, message, questions }: World): PageState[] {
  const { choice: questionId } = questions;
  const expiresAt = server.deps().now() + 3_600_000;
  const link = createAnswerToken(server.deps(), { questionId, expiresAt });
  const token = createUnsubscribeToken(server.deps(), { userId: ada, templateId: custom });
  return [
    ...strangers(token),
    ...inboxes,
    ...ofTheDeployment,
    ...ofWorkspaces,
    ...broken,
    { name: "message", path: `${messages}/${message}`, as: "ada" },
    { name: "message-why-not", path: `${messages}/${message}?user=mia`, as: "ada" },
    { name: "message-auditor", path: `${messages}/${message}`, as: "aud" },
    ...Object.entries(questions).map(([name, id]): PageState => ({
      name: `question-${name}`,
      path: `/questions/${id}`,
      as: "mia",
    })),
    { name: "question-wrong", path: `/questions/${questions.open}`, as: "mia", act: sendTooLong },
    { name: "question-link", path: `/questions/${questionId}?token=${link}`, as: null },
    { name: "question-link-invalid", path: `/questions/${questionId}?token=${link.slice(1)}`, as: null },
    { name: "inbox-questions", path: "/inbox", as: "mia", act: openItems },
    { name: "needs-you-questions", path: "/inbox/needs-you", as: "mia" },
    { name: "inbox-snooze", path: `/inbox/snooze?id=${item}`, as: "ada" },
    { name: "unsubscribe", path: `/unsubscribe?token=${token}`, as: null },
  ];
}

const strangers = (token: string): PageState[] => [
  { name: "login", path: "/login", as: null },
  {
    name: "login-wrong",
    path: "/login",
    as: null,
    act: async (page) => {
      await page.getByLabel("Email").fill("ada@example.com");
      await page.getByLabel("Password").fill("not-the-one-that-it-is");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("alert").waitFor();
    },
  },
  { name: "setup-done", path: "/setup", as: null },
  { name: "reset-password", path: "/reset-password", as: null },
  { name: "reset-password-change", path: "/reset-password/change?email=ada%40example.com", as: null },
  { name: "unsubscribe-invalid", path: `/unsubscribe?token=${token.slice(1)}`, as: null },
  { name: "docs-stranger", path: "/docs", as: null },
  { name: "error-stranger", path: "/nowhere", as: null },
];

const inboxes: PageState[] = [
  { name: "inbox", path: "/inbox", as: "ada" },
  { name: "inbox-open", path: "/inbox", as: "ada", act: openItems },
  { name: "inbox-keys", path: "/inbox", as: "ada", act: (page) => page.keyboard.press("?") },
  { name: "inbox-unread", path: "/inbox?show=unread", as: "ada" },
  { name: "inbox-done-empty", path: "/inbox?show=done", as: "ada" },
  { name: "inbox-snoozed-empty", path: "/inbox?show=snoozed", as: "ada" },
  {
    name: "inbox-snooze-dialog",
    path: "/inbox",
    as: "ada",
    act: async (page) => {
      await page.keyboard.press("j");
      await page.keyboard.press("s");
      await page.locator("#snooze").waitFor();
    },
  },
  {
    name: "inbox-selected",
    path: "/inbox",
    as: "ada",
    act: async (page) => {
      await page.keyboard.press("j");
      await page.keyboard.press("x");
      await page.locator("#selected").waitFor();
    },
  },
  {
    name: "inbox-filters",
    path: "/inbox",
    as: "ada",
    act: async (page) => {
      await page.getByRole("link", { name: "Filter" }).click();
      await page.locator("details#filters").waitFor();
    },
  },
  { name: "inbox-found", path: "/inbox?q=docker", as: "ada" },
  { name: "inbox-nothing-found", path: "/inbox?q=zyzzyva", as: "ada" },
  { name: "inbox-empty", path: "/inbox", as: "uma" },
  { name: "inbox-long-name", path: "/inbox", as: longName },
  { name: "needs-you", path: "/inbox/needs-you", as: "ada" },
  { name: "needs-you-nothing", path: "/inbox/needs-you", as: "uma" },
  { name: "agents", path: "/agents", as: "ada" },
  { name: "agents-none", path: "/agents", as: "uma" },
  { name: "menu-deployment", path: "/inbox", as: "ada", act: openMenu("Deployment") },
  { name: "menu-account", path: "/inbox", as: longName, act: openMenu("Account") },
  { name: "settings", path: "/settings/notifications", as: "ada" },
  { name: "settings-asked", path: `/settings/notifications?disabled=${idle}`, as: "mia" },
  { name: "digest-preview", path: "/settings/digest", as: "ada" },
  { name: "account", path: "/settings/account", as: "ada" },
  { name: "account-new-token", path: "/settings/account", as: "ada", act: openForm("Create a token") },
  {
    name: "account-token-created",
    path: "/settings/account",
    as: "mia",
    act: async (page) => {
      await openForm("Create a token")(page);
      await page.getByLabel("Name").fill(`nightly-${randomUUID().slice(0, 8)}`);
      await page.getByRole("button", { name: "Create token" }).click();
      await page.getByRole("textbox", { name: "Token" }).waitFor();
    },
  },
  { name: "cli-auth", path: "/cli-auth", as: "ada" },
  { name: "error-not-found", path: "/nowhere", as: "ada" },
  { name: "error-denied", path: "/deployment/users", as: "mia" },
  { name: "docs", path: "/docs", as: "ada" },
  { name: "docs-page", path: "/docs/administration/configuration", as: longName },
  { name: "docs-found", path: "/docs?q=prebuild%20limit", as: "ada" },
  { name: "docs-nothing-found", path: "/docs?q=zyzzyva", as: "ada" },
];

const ofTheDeployment: PageState[] = [
  { name: "delivery", path: "/deployment/notifications", as: "ada" },
  { name: "delivery-auditor", path: "/deployment/notifications", as: "aud" },
  { name: "delivery-member", path: "/deployment/notifications", as: "mia" },
  { name: "delivery-log", path: messages, as: "ada" },
  { name: "delivery-log-auditor", path: messages, as: "aud" },
  { name: "kinds", path: "/deployment/notifications/templates", as: "ada" },
  { name: "kind", path: `/deployment/notifications/templates/${idle}`, as: "ada" },
  { name: "kind-edit", path: `/deployment/notifications/templates/${idle}/edit`, as: "ada" },
  { name: "kind-asked", path: `/deployment/notifications/templates/${idle}?ask=disable`, as: "ada" },
  {
    name: "kind-edit-wrong",
    path: `/deployment/notifications/templates/${idle}/edit`,
    as: "ada",
    act: async (page) => {
      await page.getByLabel("Body, in Markdown").fill("{% if x %}");
      await page.getByRole("button", { name: "Save and activate" }).click();
      await page.locator(".wrong").first().waitFor();
    },
  },
  {
    name: "kind-compared",
    path: `/deployment/notifications/templates/${idle}/edit`,
    as: "ada",
    act: async (page) => {
      await page.getByLabel("Title").fill("Waiting: {{ labels.task }}");
      await page.getByRole("button", { name: "Save draft version" }).click();
      await page.locator(".difference").waitFor();
    },
  },
  { name: "users", path: "/deployment/users", as: "ada" },
  { name: "users-new", path: "/deployment/users", as: "ada", act: openForm("Create a user") },
  { name: "user", path: "/deployment/users/mia", as: "ada" },
  { name: "user-asked", path: "/deployment/users/mia?ask=delete", as: "ada" },
  { name: "user-long-name", path: `/deployment/users/${longName}`, as: "ada" },
  { name: "user-suspended", path: "/deployment/users/bob", as: "uma" },
  { name: "users-none", path: "/deployment/users?filter=nobody", as: "ada" },
  { name: "users-wrong-search", path: "/deployment/users?filter=role%3Aking", as: "ada" },
  { name: "provisioner-keys", path: "/deployment/provisioner-keys", as: "ada" },
  { name: "provisioner-keys-auditor", path: "/deployment/provisioner-keys", as: "aud" },
  { name: "send", path: "/deployment/notifications/send", as: "ada" },
  {
    name: "send-senders",
    path: "/deployment/notifications/send",
    as: "ada",
    act: openForm("Who may send to others"),
  },
  { name: "send-sent", path: "/deployment/notifications/send?sent=4800&minutes=8", as: "ada" },
  { name: "send-asked", path: "/deployment/notifications/send", as: "ada", act: fillSend("sre") },
  { name: "send-wrong", path: "/deployment/notifications/send", as: "ada", act: fillSend("srv") },
  { name: "groups", path: "/deployment/groups", as: "ada" },
  { name: "groups-new", path: "/deployment/groups", as: "ada", act: openForm("Create a group") },
  { name: "groups-none", path: "/deployment/groups?filter=nothing", as: "ada" },
  { name: "group", path: "/deployment/groups/sre", as: "ada" },
  { name: "group-empty", path: "/deployment/groups/platform", as: "ada" },
  { name: "group-auditor", path: "/deployment/groups/sre", as: "aud" },
  { name: "group-delete", path: "/deployment/groups/sre?ask=delete", as: "ada" },
  { name: "rules", path: "/deployment/rules", as: "ada" },
  { name: "rules-auditor", path: "/deployment/rules", as: "aud" },
  { name: "rules-new", path: "/deployment/rules", as: "ada", act: openForm("Create a rule") },
  { name: "rules-dry-run", path: "/deployment/rules?kind=workspace-autobuild-failed&user=mia", as: "ada" },
  { name: "rules-dry-run-wrong", path: "/deployment/rules?kind=task-failed&user=nobody", as: "ada" },
  { name: "rule", path: "/deployment/rules/flapping", as: "ada" },
  { name: "rule-delete", path: "/deployment/rules/gpu-failures?ask=delete", as: "ada" },
  { name: "own-rules", path: "/settings/rules", as: "mia" },
  { name: "own-rules-dry-run", path: "/settings/rules?kind=workspace-created&template=gpu-a", as: "mia" },
  { name: "own-rules-none", path: "/settings/rules", as: "ada" },
  { name: "own-rule", path: "/settings/rules/quiet-gpus", as: "mia" },
  { name: "receivers", path: "/deployment/receivers", as: "ada" },
  { name: "receivers-auditor", path: "/deployment/receivers", as: "aud" },
  {
    name: "receivers-wrong",
    path: "/deployment/receivers",
    as: "ada",
    act: async (page) => {
      await page.getByLabel("Name").fill("Not A Name");
      await page.getByRole("button", { name: "Create receiver" }).click();
      await page.getByRole("alert").waitFor();
    },
  },
  { name: "receiver", path: "/deployment/receivers/hooks", as: "ada" },
  { name: "receiver-auditor", path: "/deployment/receivers/hooks", as: "aud" },
  { name: "receiver-gone", path: "/deployment/receivers/ops", as: "ada" },
  { name: "receiver-rotate", path: "/deployment/receivers/hooks?ask=rotate", as: "ada" },
  { name: "receiver-delete", path: "/deployment/receivers/hooks?ask=delete", as: "ada" },
  { name: "sources", path: "/deployment/sources", as: "ada" },
  { name: "sources-auditor", path: "/deployment/sources", as: "aud" },
  {
    name: "sources-created",
    path: "/deployment/sources",
    as: "ada",
    act: async (page) => {
      await page.getByLabel("Name").fill(`new-${randomUUID().slice(0, 8)}`);
      await page.getByRole("button", { name: "Create source" }).click();
      await page.getByRole("status").waitFor();
    },
  },
  { name: "source", path: "/deployment/sources/prod", as: "ada" },
  { name: "source-auditor", path: "/deployment/sources/prod", as: "aud" },
  { name: "source-rotate", path: "/deployment/sources/prod?ask=rotate", as: "ada" },
  {
    name: "source-discard",
    path: "/deployment/sources/prod",
    as: "ada",
    act: async (page) => {
      await page.getByRole("link", { name: "Discard" }).first().click();
      await page.getByRole("button", { name: "Discard person" }).waitFor();
    },
  },
  { name: "source-delete", path: "/deployment/sources/prod?ask=delete", as: "ada" },
  { name: "source-empty", path: "/deployment/sources/staging", as: "ada" },
  { name: "prebuilds", path: "/prebuilds", as: "ada" },
  { name: "provisioner-keys-asked", path: "/deployment/provisioner-keys?revoke=rack-1", as: "ada" },
  { name: "prebuilds-dry-run", path: "/prebuilds?dry_run=1", as: "ada" },
  { name: "prebuilds-auditor", path: "/prebuilds", as: "aud" },
];

const broken: PageState[] = [
  { name: "broken-inbox", path: "/inbox", as: "ada", isBroken: true },
  { name: "broken-inbox-member", path: "/inbox", as: "mia", isBroken: true },
  { name: "broken-delivery", path: "/deployment/notifications", as: "ada", isBroken: true },
  { name: "broken-prebuilds", path: "/prebuilds", as: "ada", isBroken: true },
];

const ofWorkspaces: PageState[] = [
  { name: "workspaces", path: "/workspaces", as: "ada" },
  { name: "workspaces-none", path: "/workspaces?filter=name%3Anothing", as: "mia" },
  { name: "workspaces-empty", path: "/workspaces", as: "uma" },
  { name: "workspace", path: "/@mia/web", as: "mia" },
  { name: "workspace-asked", path: "/@mia/web?ask=delete", as: "mia" },
  { name: "workspace-parameters", path: "/@mia/notes?ask=update", as: "mia" },
  { name: "workspace-failed", path: "/@ada/billing", as: "ada" },
  { name: "workspace-long", path: `/@${longName}/payments-reconciliation-service2`, as: longName },
  { name: "build", path: "/@mia/web/builds/1", as: "mia" },
  { name: "build-failed", path: "/@ada/billing/builds/1", as: "ada" },
  { name: "build-first-error", path: "/@ada/billing/builds/1#first-error", as: "ada" },
  { name: "build-running", path: "/@ada/search-index/builds/1", as: "ada" },
  { name: "tasks", path: "/tasks", as: "ada" },
  { name: "tasks-empty", path: "/tasks", as: "uma" },
  { name: "task-idle", path: "/tasks/ada/fix-login", as: "ada" },
  { name: "task-stop", path: "/tasks/ada/fix-login?ask=stop", as: "ada" },
  { name: "task-complete", path: "/tasks/ada/flaky-tests", as: "ada" },
  { name: "task-failed", path: "/tasks/mia/upgrade-react", as: "mia" },
  { name: "task-long", path: `/tasks/${longName}/migrate-to-postgres`, as: longName },
  { name: "templates", path: "/templates", as: "ada" },
  { name: "template", path: "/templates/default/docker", as: "ada" },
  { name: "template-deprecated", path: "/templates/default/kubernetes-gpu-node-pool-eu-west", as: "mia" },
  { name: "version", path: "/templates/default/docker/versions/v3", as: "ada" },
  {
    name: "version-long",
    path: "/templates/default/docker/versions/hotfix-for-the-certificate-authority-of-the-internal-registry",
    as: "mia",
  },
];
