// belfry users suspend and activate: ends all of somebody's sessions and deliveries, and takes it back.
import { segment } from "../../client.ts";
import type { Context } from "../context.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { plainLine } from "../rules/text.ts";

export const suspend = defineCommand({
  name: "suspend",
  summary: "Suspend an account: its sessions end at once, it gets no more messages",
  takes: "USER",
  least: 1,
  examples: ["belfry users suspend grace"],
  options: { ...outputOption },
  run: (context, { options, words }) =>
    setStatus(context, words[0]!, { status: "suspend", output: options.output, done: "is suspended" }),
});

export const activate = defineCommand({
  name: "activate",
  summary: "Let a suspended account work again",
  takes: "USER",
  least: 1,
  examples: ["belfry users activate grace"],
  options: { ...outputOption },
  run: (context, { options, words }) =>
    setStatus(context, words[0]!, { status: "activate", output: options.output, done: "is active again" }),
});

async function setStatus(
  context: Context,
  name: string,
  { status, output, done }: { status: "suspend" | "activate"; output: string | undefined; done: string },
): Promise<void> {
  const param = { user: segment(name) };
  const user = await context.client().ask((routes) => routes.users[":user"].status[status].$put({ param }));
  if (output === "json") context.printJson(user);
  else context.say(`${plainLine(user.username)} ${done}.`);
}
