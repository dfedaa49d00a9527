// belfry logout: ends the stored session.
import { ClientError, createClient } from "../client.ts";
import { defineCommand } from "./rules/command.ts";
import { writeLogin } from "./stored-login.ts";

export const logout = defineCommand({
  name: "logout",
  summary: "Sign out: end the session that login has stored",
  details: ["A token that was kept with --use-token-as-session is forgotten here and stays good."],
  examples: ["belfry logout", "belfry logout --local"],
  options: {
    local: { type: "boolean", text: "only forget it here, without asking the server" },
  },
  async run(context, { options }) {
    const { url = "", session } = context.stored ?? {};
    if (session === undefined) {
      context.say("You are not signed in.");
      return;
    }
    if (!options.local && session.kind === "session") {
      try {
        await createClient({ url, token: session.token }).ask((routes) => routes.users.logout.$post());
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        if (error.status === undefined)
          context.say(
            "You are still signed in. To forget the session here all the same: belfry logout --local",
          );
        // The session has ended by itself: what was wanted.
        if (error.status !== 401) throw error;
      }
    }
    writeLogin(context.folder, { url });
    context.say(`Signed out of ${url}.`);
    if ((context.environment["BELFRY_SESSION_TOKEN"] ?? "") !== "")
      context.say("Note: BELFRY_SESSION_TOKEN is set and still used.");
  },
});
