// belfry preferences digest: emails of some kinds as one email a day or a week.
import { exit, Failure } from "../failure.ts";
import { requireOneOf } from "../inputs.ts";
import { weekdays } from "../../notifications/preferences/rules/quiet-hours.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { formatTime } from "../rules/delivery-lines.ts";
import { toPlainText } from "../../notifications/texts/rules/markdown.ts";
import { zoneBody, zoneOption } from "./quiet-hours.ts";

const param = { user: "me" };

export const digest = defineCommand({
  name: "digest",
  summary: "Show or set when your email digest comes, or preview it",
  args: "[daily|weekly|off]",
  maxArgs: 1,
  fields: { hour: "--hour", weekday: "--day", time_zone: "--timezone", every: "daily|weekly|off" },
  details: [
    "Choose kinds for it: belfry preferences set KIND digest",
    "Their emails come as one, grouped by workspace, template and so on. Nothing is sent when nothing happened, and what",
    "you have read in the inbox is left out. off sends what waits at once; then each email comes on its own again.",
  ],
  examples: [
    "belfry preferences digest",
    "belfry preferences digest daily --hour 8",
    "belfry preferences digest weekly --day mon --hour 9 --timezone Europe/Berlin",
    "belfry preferences digest --preview",
  ],
  options: {
    hour: { type: "string", value: "HOUR", text: "0 to 23 (default 8)" },
    day: { type: "string", value: "DAY", text: "of a weekly digest: mon to sun (default mon)" },
    timezone: zoneOption,
    preview: { type: "boolean", text: "show what the digest would say now" },
    ...outputOption,
  },
  async run(context, { options, args: [word] }) {
    const client = context.client();
    const hasTime = options.hour !== undefined || options.day !== undefined || options.timezone !== undefined;
    if (word === undefined && hasTime) throw new Failure(exit.usage, "daily|weekly: missing");
    if (word !== undefined && options.preview) throw new Failure(exit.usage, `--preview: not with ${word}`);
    if (options.preview) {
      const preview = await client.ask((routes) =>
        routes.users[":user"].notifications.digest.preview.$get({ param }),
      );
      if (options.output === "json") return context.printJson(preview);
      if (preview.count === 0) return context.log("Nothing waits for the digest.");
      return context.print(`${preview.title}\n\n${toPlainText(preview.body)}`);
    }
    const before = await client.ask((routes) => routes.users[":user"].notifications.digest.$get({ param }));
    const json = word === undefined ? undefined : toBody(word, options, before.time_zone);
    const now =
      json === undefined
        ? before
        : await client.ask((routes) => routes.users[":user"].notifications.digest.$put({ param, json }));
    if (options.output === "json") return context.printJson(now);
    const waiting = `${now.waiting} ${now.waiting === 1 ? "notification waits" : "notifications wait"}.`;
    if (now.every === "off" || now.next_at === null)
      return context.log(now.waiting === 0 ? "No digest." : `No digest. ${waiting}`);
    const day = now.every === "weekly" ? ` on ${now.weekday}` : "";
    context.print(
      `${now.every}${day} at ${now.hour}:00, time zone ${now.time_zone ?? "UTC"}. Next: ${formatTime(now.next_at)}`,
    );
    context.print(waiting);
  },
});

function toBody(
  word: string,
  {
    hour,
    day,
    timezone,
  }: { hour: string | undefined; day: string | undefined; timezone: string | undefined },
  stored: string | null,
) {
  const every = requireOneOf("daily|weekly|off", word, ["daily", "weekly", "off"]);
  if (day !== undefined && every !== "weekly") throw new Failure(exit.usage, "--day: only with weekly");
  if (hour !== undefined && !/^([01]?\d|2[0-3])$/.test(hour))
    throw new Failure(exit.usage, `--hour: "${hour}" is not an hour from 0 to 23`);
  return {
    every,
    ...(hour === undefined ? {} : { hour: Number(hour) }),
    ...(day === undefined ? {} : { weekday: requireOneOf("--day", day, weekdays) }),
    ...zoneBody(timezone, stored),
  };
}
