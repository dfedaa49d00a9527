// belfry notifications mute, mutes and unmute: workspaces, sessions, templates and presets that one isn't notified about.
import { segment } from "../../client.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { shortId } from "../rules/names.ts";
import { formatAge } from "../rules/time.ts";
import { fullIds } from "./inbox.ts";

interface Mute {
  id: string;
  thing: "workspace" | "template" | "preset" | "session";
  name: string | null;
  created_at: string;
}

const describe = ({ thing, name }: Mute) => (name === null ? `a deleted ${thing}` : `${thing} ${name}`);

export const mute = defineCommand({
  name: "mute",
  summary: "Mute the workspace, session, template or preset that a notification is about",
  args: "ID",
  minArgs: 1,
  fields: { thing: "ID" },
  details: [
    "Without an option: the workspace, else the agent's session, the preset or the template. Notifications that protect",
    "your account are never muted.",
  ],
  examples: ["belfry notifications mute 3f9c02d1", "belfry notifications mute 3f9c02d1 --template"],
  options: {
    workspace: { type: "boolean", text: "mute the workspace" },
    template: { type: "boolean", text: "mute the template" },
    session: { type: "boolean", text: "mute the session of an AI agent that runs in no workspace" },
    preset: { type: "boolean", text: "mute the preset, in all versions of its template" },
  },
  async run(context, { options, args }) {
    const chosen = (["workspace", "template", "preset", "session"] as const).filter(
      (thing) => options[thing],
    );
    if (chosen.length > 1)
      throw new Failure(exit.usage, "Use one of --workspace, --session, --template and --preset.");
    const client = context.client();
    const [id] = await fullIds(client, args);
    const json = chosen.length === 0 ? {} : { thing: chosen[0]! };
    const muted = await client.ask((routes) =>
      routes.notifications.inbox[":id"].mute.$post({ param: { id: segment(id!) }, json }),
    );
    context.log(`Muted ${describe(muted)}. To undo: belfry notifications unmute ${shortId(muted.id)}`);
  },
});

export const mutes = defineCommand({
  name: "mutes",
  summary: "List what you have muted",
  examples: ["belfry notifications mutes"],
  options: outputOption,
  async run(context, { options }) {
    const all = await context.client().ask((routes) => routes.notifications.mutes.$get());
    if (options.output === "json") return context.printJson(all);
    if (all.length === 0) return context.log("Nothing is muted.");
    for (const one of all)
      context.print(`${shortId(one.id)}  ${describe(one)}, ${formatAge(one.created_at, context.now())}`);
  },
});

export const unmute = defineCommand({
  name: "unmute",
  summary: "Unmute a workspace, session, template or preset",
  args: "ID…",
  minArgs: 1,
  maxArgs: Infinity,
  details: ["IDs are those of: belfry notifications mutes"],
  examples: ["belfry notifications unmute 5d21c0aa"],
  options: {},
  async run(context, { args }) {
    const client = context.client();
    const all = await client.ask((routes) => routes.notifications.mutes.$get());
    const found = args.map((word) => {
      const matches = all.filter(({ id }) => id.endsWith(word.toLowerCase()));
      if (matches.length === 1) return matches[0]!;
      const problem =
        matches.length === 0
          ? `Mute ${word} not found.`
          : `${matches.length} mutes end in ${word}. Use more of the ID.`;
      throw new Failure(exit.failed, problem, "List mutes: belfry notifications mutes");
    });
    for (const one of found) {
      await client.ask((routes) =>
        routes.notifications.mutes[":id"].$delete({ param: { id: segment(one.id) } }),
      );
      context.log(`Unmuted ${describe(one)}.`);
    }
  },
});
