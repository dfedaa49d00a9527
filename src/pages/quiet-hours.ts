// Quiet hours, as part of the notification settings.
import { Hono } from "hono";
import {
  authorizedUserIdSql,
  currentUserIdSql,
  readAsUser,
  writeAsUser,
  type Ctx,
  type Env,
} from "../http/endpoint.ts";
import {
  coversWeek,
  maxRanges,
  nextDeliverable,
  parseQuietHours,
  timePattern,
  weekdays,
  type QuietHours,
  type QuietRange,
} from "../notifications/preferences/rules/quiet-hours.ts";
import { formatRange, shortDay } from "../notifications/preferences/rules/quiet-text.ts";
import { changeTiming, noTiming, sendMoved, type TimingChange } from "../notifications/preferences/timing.ts";
import { findMoved, findTiming, type TimingRow } from "../notifications/preferences/store/timing.ts";
import { isTimeZone } from "../workspaces/autostart/rules/cron-schedule.ts";
import { momentAhead } from "./components.ts";
import { readFields, readForm } from "./form.ts";
import { html } from "./html.ts";
import { attributes, type Html } from "./layout.ts";
import { notificationSettingsPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";

const path = "/settings/quiet-hours";
const section = "quiet-hours";
const back = `${notificationSettingsPath}#${section}`;

export const quietHourPages = new Hono<Env>()
  .post(path, signedIn, async (c) => {
    const entered = await readFields(c);
    const days = weekdays.filter((day) => entered[day] === "on");
    const { from, to, zone } = entered;
    if (days.length === 0) return again(c, "days");
    if (!isTime(from) || !isTime(to)) return again(c, "times");
    return change(c, zone, ({ ranges, critical }) => ({ ranges: [...ranges, { days, from, to }], critical }));
  })
  .post(`${path}/remove`, signedIn, async (c) => {
    const { range } = await readForm(c, ["range"]);
    return change(c, undefined, ({ ranges, critical }) => ({
      ranges: ranges.filter((one) => formatRange(one) !== range),
      critical,
    }));
  })
  .post(`${path}/critical`, signedIn, async (c) => {
    const { critical } = await readForm(c, ["critical"]);
    return change(c, undefined, ({ ranges }) => ({ ranges, critical: critical === "on" }));
  });

const isTime = (value: unknown): value is string => typeof value === "string" && timePattern.test(value);

/** What is wrong with what was entered. */
const problems = {
  days: "Choose at least one day.",
  times: "Enter both times, such as 22:00 and 07:00.",
  zone: "Set your time zone first.",
  week: "Quiet hours can't cover the whole week. Turn off channels instead.",
  many: `At most ${maxRanges} entries are possible.`,
};
type Problem = keyof typeof problems;

const again = (c: Ctx, problem: Problem) =>
  c.redirect(`${notificationSettingsPath}?quiet=${problem}#${section}`, 303);

/** `zone`: the browser's, for those whose time zone is unknown. */
async function change(c: Ctx, zone: unknown, edit: (before: QuietHours) => QuietHours) {
  const { stored } = await readAsUser(c, { stored: findTiming(currentUserIdSql(c)) });
  const before = parseQuietHours(stored[0]?.quietHours ?? null) ?? { ranges: [], critical: false };
  const { ranges, critical } = edit(before);
  const wanted = ranges.length === 0 ? null : { ranges, critical };
  const given = typeof zone === "string" && isTimeZone(zone) ? zone : null;
  const timeZone = stored[0]?.timeZone ?? given;
  if (ranges.length > maxRanges) return again(c, "many");
  if (wanted !== null && timeZone === null) return again(c, "zone");
  if (wanted !== null && coversWeek(wanted)) return again(c, "week");
  await saveTiming(c, stored[0], {
    quietHours: wanted,
    ...(timeZone === stored[0]?.timeZone ? {} : { timeZone }),
  });
  return c.redirect(back, 303);
}

/** Messages that wait are moved. */
export async function saveTiming(c: Ctx, before: TimingRow | undefined, change: TimingChange) {
  const deps = c.get("deps");
  const now = deps.now();
  const { statements } = changeTiming(authorizedUserIdSql(c), before ?? noTiming, change, now);
  const { moved } = await writeAsUser(c, statements, { moved: findMoved(currentUserIdSql(c), now) });
  sendMoved(deps, moved);
}

export function quietHoursSection(
  stored: TimingRow | undefined,
  problem: string | undefined,
  now: number,
): Html {
  const quietHours = parseQuietHours(stored?.quietHours ?? null);
  const timeZone = stored?.timeZone ?? null;
  const until = quietHours === null ? now : nextDeliverable(now, quietHours, timeZone);
  return html`<section class="group" aria-labelledby="${section}">
    <div class="bar"><h2 id="${section}">Quiet hours</h2></div>
    <p class="lead">
      Emails, browser notifications and chat messages wait until your quiet hours end. Your inbox doesn't
      wait.${timeZone === null ? "" : ` Times are in ${timeZone}.`}
      ${until > now ? html`<strong>Quiet now; ends ${momentAhead(until, now)}.</strong>` : ""}
    </p>
    ${
      quietHours === null
        ? ""
        : html`<ul class="kinds" role="list">
            ${quietHours.ranges.map(rangeItem)} ${criticalItem(quietHours.critical)}
          </ul>`
    }
    ${addForm(problem)}
  </section>`;
}

const rangeItem = (range: QuietRange, index: number): Html =>
  html`<li class="kind">
    <div class="description"><h3 id="q-${index}">${formatRange(range)}</h3></div>
    <form method="post" action="${path}/remove">
      <input type="hidden" name="range" value="${formatRange(range)}" />
      <button class="button" type="submit" aria-describedby="q-${index}">Remove</button>
    </form>
  </li>`;

const criticalItem = (on: boolean): Html =>
  html`<li class="kind">
    <div class="description">
      <h3 id="k-critical">Critical notifications break through</h3>
      <p id="a-critical">
        Such as prebuilds that stopped or a receiver that was disabled. One-time passcodes never wait.
      </p>
    </div>
    <form method="post" action="${path}/critical">
      <input type="hidden" name="critical" value="${on ? "off" : "on"}" />
      <button
        class="toggle"
        type="submit"
        role="switch"
        aria-labelledby="k-critical"
        aria-describedby="a-critical"
        ${attributes({ "aria-checked": String(on) })}
      >
        <span class="track" aria-hidden="true"></span
        ><span class="toggle-label" aria-hidden="true">${on ? "On" : "Off"}</span>
      </button>
    </form>
  </li>`;

const addForm = (problem: string | undefined): Html =>
  html`<form class="quiet-add" method="post" action="${path}">
    <input type="hidden" name="zone" value="" />
    <fieldset>
      <legend class="spoken">Days</legend>
      ${weekdays.map(
        (day) => html`<label><input type="checkbox" name="${day}" value="on" /> ${shortDay(day)}</label>`,
      )}
    </fieldset>
    <span class="times">
      <label>From <input type="time" name="from" value="22:00" required /></label>
      <label>to <input type="time" name="to" value="07:00" required /></label>
    </span>
    <button class="button" type="submit">Add</button>
    ${
      problem !== undefined && Object.hasOwn(problems, problem)
        ? html`<p class="wrong" role="alert">${problems[problem as Problem]}</p>`
        : ""
    }
  </form>`;
