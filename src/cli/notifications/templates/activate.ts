// belfry notifications templates activate: makes a version the one that is sent.
import type { Client, NotificationTemplate } from "../../../client.ts";
import { exit, Failure } from "../../failure.ts";
import { defineCommand } from "../../rules/command.ts";
import { findTemplate, findVersion, readNumber } from "../../templates.ts";

export const activate = defineCommand({
  name: "activate",
  summary: "Make a version the one that is sent; also the way back (owners only)",
  takes: "NAME VERSION",
  least: 2,
  examples: ["belfry notifications templates activate custom-notification 1"],
  options: {},
  async run(context, { words: [word = "", number = ""] }) {
    const version = readNumber(number);
    if (version === undefined) throw new Failure(exit.usage, "Which version?");
    const client = context.client();
    const template = await findTemplate(client, word);
    await findVersion(client, template, version);
    context.say(await activateVersion(client, template, version));
  },
});

/** Gives the words for it. Being active already is a success. */
export async function activateVersion(
  client: Client,
  { id, name }: NotificationTemplate,
  version: number,
): Promise<string> {
  const answer = await client.ask((routes) =>
    routes.notifications.templates[":id"].version.$put({ param: { id }, json: { version } }),
  );
  return answer?.message ?? `Version ${version} of "${name}" is active already.`;
}
