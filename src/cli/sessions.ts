// belfry sessions: where you are signed in.
import { segment } from "../client.ts";
import { exit, Failure, notFound } from "./failure.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { formatAge } from "./rules/time.ts";

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List your sessions, with device, address and last use",
  examples: ["belfry sessions list"],
  options: { ...outputOption },
  async run(context, { options }) {
    const sessions = await context
      .client()
      .ask((routes) => routes.users[":user"].sessions.$get({ param: { user: "me" }, query: {} }));
    if (options.output === "json") return context.printJson(sessions);
    if (sessions.length === 0) return context.log("No sessions found.");
    const now = context.now();
    const rows = sessions.map((session) => [
      session.id,
      session.device + (session.current ? " (this one)" : ""),
      session.ip ?? "",
      formatAge(session.created_at, now),
      formatAge(session.last_used, now),
    ]);
    context.printTable(["ID", "DEVICE", "ADDRESS", "SIGNED IN", "LAST USED"], rows);
  },
});

export const end = defineCommand({
  name: "end",
  aliases: ["remove", "rm"],
  summary: "Sign out sessions: those that you name, or all others",
  args: "[ID…]",
  maxArgs: Infinity,
  examples: ["belfry sessions end a1B2c3D4e5", "belfry sessions end --others"],
  options: { others: { type: "boolean", text: "all sessions except the one that this command uses" } },
  async run(context, { options, args }) {
    if (options.others === args.length > 0)
      throw new Failure(exit.usage, "Name sessions, or use --others.", "List them: belfry sessions list");
    const client = context.client();
    if (options.others) {
      await client.ask((routes) => routes.users[":user"].sessions.$delete({ param: { user: "me" } }));
      return context.log("Signed out all other sessions.");
    }
    const sessions = await client.ask((routes) =>
      routes.users[":user"].sessions.$get({ param: { user: "me" }, query: {} }),
    );
    const ids = sessions.map(({ id }) => id);
    // All are checked before the first one ends.
    for (const id of args)
      if (!ids.includes(id)) throw notFound("Session", id, ids, "Nothing was signed out.");
    for (const id of args) {
      const param = { user: "me", id: segment(id) };
      await client.ask((routes) => routes.users[":user"].keys[":id"].$delete({ param }));
      context.log(`Signed out session ${id}.`);
    }
  },
});
