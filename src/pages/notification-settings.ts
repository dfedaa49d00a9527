// The notification settings page: each user enables and disables kinds of notification. Unsubscribe links without a token
// lead here and ask for confirmation.
import { Hono } from "hono";
import { html } from "./html.ts";
import {
  readAsUser,
  currentUserIdSql,
  authorizedUserIdSql,
  writeAsUser,
  type Ctx,
  type Env,
} from "../http/endpoint.ts";
import { ApiError, notFound } from "../kernel/errors.ts";
import { aboutKind, isAlwaysOn, kinds, kindTitle } from "../notifications/kinds/kinds.ts";
import {
  channelChoices,
  choosableMethods,
  isEnabled,
  toReachable,
} from "../notifications/preferences/channel-choices.ts";
import {
  findReach,
  listKindPreferences,
  resetPreferences,
  setChannel,
  setInDigest,
  setPreferences,
  type ChannelChange,
  type KindPreference,
} from "../notifications/preferences/store/preferences.ts";
import { readFields } from "./form.ts";
import { respondWithPage, type Html } from "./layout.ts";
import { question } from "./question.ts";
import { notificationSettingsPath, ownPath } from "./rules/links.ts";
import { settingsTabs } from "./components.ts";
import { pushSection } from "./push.ts";
import { signedIn } from "./session.ts";
import { listRules } from "../notifications/routing/store/rules.ts";
import { ownRulesSection } from "./rules-view.ts";
import { mutesSection } from "./mutes.ts";
import { listMutes } from "../notifications/preferences/store/mutes.ts";
import { timeZoneSection } from "./time-zone.ts";
import { findTiming } from "../notifications/preferences/store/timing.ts";
import { listOwnReceivers } from "../notifications/receivers/store/own.ts";
import { chatPages, chatsSection } from "./chats.ts";
import { findPreset } from "../notifications/preferences/store/preset.ts";
import { presetSection } from "./preset.ts";
import { digestSection } from "./digest.ts";
import { findDigest } from "../notifications/digest/store/digests.ts";
import { quietHoursSection } from "./quiet-hours.ts";
import { findOwnActions } from "../notifications/preferences/store/own-actions.ts";
import { ownActionsSetting } from "./own-actions.ts";
import { kindGroups, resetSection, type SettingsView } from "./kind-choices.ts";
import { listSubscriptions } from "../notifications/channels/push/store/subscriptions.ts";

const uuidShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const notificationSettingsPages = new Hono<Env>()
  .route(
    "/",
    chatPages((c, problem) => showSettings(c, problem)),
  )
  .get(notificationSettingsPath, signedIn, (c) => showSettings(c))
  .post(notificationSettingsPath, signedIn, async (c) => {
    const { to, disabled, channels } = await readPreferences(c);
    const now = c.get("deps").now();
    const user = authorizedUserIdSql(c);
    const { choices } = await writeAsUser(
      c,
      [
        setPreferences(user, disabled, now),
        ...(await channelChanges(c, channels)).flatMap((change) => [
          setChannel(user, change, now),
          ...(change.inDigest === undefined
            ? []
            : [setInDigest(user, change.templateId, change.inDigest, now)]),
        ]),
      ],
      {
        choices: listKindPreferences(currentUserIdSql(c)),
      },
    );
    const known = new Set(choices.map(({ id }) => id));
    if (Object.keys(disabled).some((id) => !known.has(id))) throw notFound("Kind of notification");
    return c.redirect(to, 303);
  })
  .post(`${notificationSettingsPath}/reset`, signedIn, async (c) => {
    await writeAsUser(c, [resetPreferences(authorizedUserIdSql(c), undefined)], {});
    return c.redirect(notificationSettingsPath, 303);
  });

interface ChannelSwitch extends Omit<ChannelChange, "methods" | "usual"> {
  /** Of email; undefined: as it was. */
  inDigest?: boolean;
}

/** Throws 404 for kinds and channels that the user can't choose. */
async function channelChanges(
  c: Ctx,
  wanted: readonly ChannelSwitch[],
): Promise<(ChannelChange & ChannelSwitch)[]> {
  if (wanted.length === 0) return [];
  const { notifications } = c.get("deps").config;
  const self = currentUserIdSql(c);
  const { actor, choices, reach } = await readAsUser(c, {
    choices: listKindPreferences(self),
    reach: findReach(self),
  });
  const reachable = toReachable(actor.email, reach);
  return wanted.map((change) => {
    const choice = choices.find(({ id }) => id === change.templateId);
    const { methods, usual } = choosableMethods(
      choice === undefined ? [] : channelChoices(choice, notifications, reachable),
    );
    if (!methods.some((method) => method === change.method))
      throw new ApiError(400, "This channel can't be changed for this notification.");
    return { ...change, methods, usual };
  });
}

const unknownField = () => new ApiError(400, "Unknown form field. Reload the page and try again.");

const channelValues = ["on", "off", "digest", "single"];

/**
 * A field for each kind that is to change, or for a channel of it (`id/method`): `on` or `off`; the others stay. Emails can be in the
 * `digest` or `single`, too.
 */
async function readPreferences(
  c: Ctx,
): Promise<{ to: string; disabled: Record<string, boolean>; channels: ChannelSwitch[] }> {
  const { to, ...switches } = await readFields(c);
  const disabled: Record<string, boolean> = {};
  const channels: ChannelSwitch[] = [];
  for (const [name, value] of Object.entries(switches)) {
    const [id = "", method] = name.split("/", 2);
    const values = method === undefined ? ["on", "off"] : channelValues;
    if (!uuidShape.test(id) || typeof value !== "string" || !values.includes(value)) throw unknownField();
    if (value !== "on" && value !== "off" && method !== "smtp") throw unknownField();
    if (value === "off" && isAlwaysOn(id))
      throw new ApiError(400, "This kind of notification can't be turned off.");
    if (method === undefined) disabled[id] = value === "off";
    else {
      const digest = value === "on" || value === "off" ? {} : { inDigest: value === "digest" };
      channels.push({ templateId: id, method, isEnabled: value !== "off", ...digest });
    }
  }
  const path = ownPath(typeof to === "string" ? to : undefined);
  return { to: path ?? notificationSettingsPath, disabled, channels };
}

const settingsReads = (self: ReturnType<typeof currentUserIdSql>) => ({
  choices: listKindPreferences(self),
  ownActions: findOwnActions(self),
  mutes: listMutes(self),
  reach: findReach(self),
  chats: listOwnReceivers(self),
  preset: findPreset(self),
  digest: findDigest(self),
  timing: findTiming(self),
  subscriptions: listSubscriptions(self),
  rules: listRules(self),
});

/** `chatProblem`: what went wrong with a chat. */
async function showSettings(c: Ctx, chatProblem?: string) {
  const { notifications } = c.get("deps").config;
  const read = await readAsUser(c, settingsReads(currentUserIdSql(c)));
  const { actor, choices, subscriptions, ownActions, mutes, digest, preset, timing, reach, chats, rules } =
    read;
  const facts: SettingsView = {
    choices,
    notifications,
    ...toReachable(actor.email, reach),
    hasDigest: digest[0]?.digest != null,
  };
  const sendsMail = notifications.channels.smtp !== undefined && actor.email !== "";
  const main = html`<section>
    <div class="head"><h1>Notification settings</h1></div>
    ${settingsTabs(notificationSettingsPath)}
    <p class="lead">
      Choose which notifications you get. Changes are saved immediately.
      ${sendsMail ? `Emails go to ${actor.email}.` : ""}
    </p>
    ${confirmation(facts, c.req.query("disabled"), c.req.query("saved"))}
    ${presetSection(preset[0]?.isApplied === 1)} ${resetSection(choices, c.req.query("reset") !== undefined)}
    ${kindGroups(facts)} ${await pushSection(c, subscriptions)}
    ${chatsSection(chats, { problem: chatProblem, asked: c.req.query("delete-chat") })}
    ${ownActionsSetting(ownActions[0]?.notify === true)}
    ${sendsMail ? digestSection(digest[0], c.get("deps").now()) : ""}
    ${quietHoursSection(timing[0], c.req.query("quiet"), c.get("deps").now())} ${ownRulesSection(rules)}
    ${mutesSection(mutes, c.get("deps").now())}
    ${timeZoneSection(timing[0]?.timeZone ?? null, c.req.query("zone"))}
    <p class="spoken" id="announcer" role="status"></p>
  </section>`;
  return respondWithPage(c, {
    title: "Notification settings",
    actor,
    scripts: ["switches.js", "push.js", "zone.js"],
    main,
  });
}

/** Asks to confirm a link with `disabled`, or reports what was saved. */
export function confirmation(
  { choices }: SettingsView,
  asked: string | undefined,
  saved: string | undefined,
): Html | string {
  const about = asked ?? saved;
  if (about === undefined) return "";
  if (about === kinds["notification-digest"].id)
    return html`<p class="note" role="status">Choose when the digest comes, or turn it off, below.</p>`;
  const choice = choices.find(({ id }) => id === about);
  if (choice === undefined)
    return html`<p class="problem" role="alert">This link names an unknown kind of notification.</p>`;
  if (isAlwaysOn(choice.id))
    return html`<p class="note" role="status">
      “${kindTitle(choice.id, choice.name)}” can't be turned off: it protects your account.
    </p>`;
  if (asked !== undefined && isEnabled(choice)) return turnOffQuestion(choice);
  return html`<p class="note" role="status">
    “${kindTitle(choice.id, choice.name)}” is ${isEnabled(choice) ? "on" : "off"}. You can change it below.
  </p>`;
}

function turnOffQuestion(choice: KindPreference): Html {
  const { id, name } = choice;
  return question({
    title: `Turn off “${kindTitle(id, name)}”?`,
    text: `${aboutKind(id)} You will no longer get these notifications through any channel.`,
    action: notificationSettingsPath,
    label: "Turn off",
    back: notificationSettingsPath,
    fields: { [id]: "off", to: `${notificationSettingsPath}?saved=${id}` },
  });
}
