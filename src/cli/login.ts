// belfry login, logout and whoami: the session that is stored for later commands.
import { ClientError, createClient } from "../client.ts";
import type { Context } from "./context.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { readUrl } from "./rules/server.ts";
import { describeUser } from "./rules/user.ts";
import { hasFirstUser, createFirstUser, promptForPassword, signInWithToken } from "./sign-in.ts";
import { type Session, writeLogin } from "./stored-login.ts";

export const login = defineCommand({
  name: "login",
  summary: "Sign in, or create the first user of a new server",
  args: "[URL]",
  maxArgs: 1,
  details: [
    "The password is typed at a prompt or read from the first line of standard input. It is never an argument: arguments",
    "are visible in the process list and in your shell's history.",
  ],
  examples: [
    "belfry login",
    "belfry login https://belfry.example.com",
    "belfry login --email ada@example.com < password-file",
    "printenv TOKEN | belfry login https://belfry.example.com --token -",
  ],
  // Without the option, they are asked for at a prompt.
  fields: { email: "email", username: "username", password: "password" },
  options: {
    email: { type: "string", value: "EMAIL", text: "your email address" },
    token: {
      type: "string",
      value: "[TOKEN]",
      valueOptional: true,
      text: "sign in with a token (default: prompt; - reads standard input)",
    },
    "use-token-as-session": {
      type: "boolean",
      text: "store the token itself instead of creating a session from it",
    },
    "first-user-email": { type: "string", value: "EMAIL", text: "email address of the first user" },
    "first-user-username": { type: "string", value: "NAME", text: "username of the first user" },
    "first-user-name": { type: "string", value: "NAME", text: "full name of the first user" },
    "first-user-password-file": {
      type: "string",
      value: "FILE",
      text: "file with the password in its first line",
    },
    "setup-code": {
      type: "string",
      value: "CODE",
      text: "one-time code that a new server or npm run db:migrate printed",
    },
  },
  async run(context, { options, args }) {
    const url = args[0] === undefined ? context.choice().url : readUrl(args[0]);
    const client = createClient({ url });
    const firstUser = {
      email: options["first-user-email"] ?? options.email,
      username: options["first-user-username"],
      name: options["first-user-name"],
      passwordFile: options["first-user-password-file"],
      setupCode: options["setup-code"],
    };
    let session: Session;
    if (options.token !== undefined) {
      const keep = options["use-token-as-session"];
      session = await signInWithToken(context, url, { token: options.token, keep });
    } else if (await hasFirstUser(client)) {
      const { passwordFile } = firstUser;
      const email = options.email ?? options["first-user-email"];
      session = { token: await promptForPassword(context, client, { email, passwordFile }), kind: "session" };
    } else session = { token: await createFirstUser(context, client, firstUser), kind: "session" };
    writeLogin(context.folder, { url, session });
    await confirm(context, url, session);
  },
});

async function confirm(context: Context, url: string, { token, kind }: Session): Promise<void> {
  const { environment } = context;
  const who = await createClient({ url, token })
    .ask((routes) => routes.users[":user"].$get({ param: { user: "me" } }))
    .then(describeUser)
    // A token with a narrow scope can't read its user.
    .catch((error: unknown) => {
      if (kind === "token") return "the token's owner";
      throw error;
    });
  context.log(`Signed in at ${url} as ${who}.`);
  for (const name of ["BELFRY_URL", "BELFRY_SESSION_TOKEN"]) {
    const value = environment[name] ?? "";
    if (value !== "" && value !== url)
      context.log(`Note: ${name} is set and overrides this sign-in. Unset it to use the sign-in.`);
  }
}

export const logout = defineCommand({
  name: "logout",
  summary: "Sign out and end the stored session",
  details: ["A token that was stored with --use-token-as-session is removed here but stays valid."],
  examples: ["belfry logout", "belfry logout --local"],
  options: {
    local: { type: "boolean", text: "remove the session here without calling the server" },
  },
  async run(context, { options }) {
    const { url = "", session } = context.stored ?? {};
    if (session === undefined) {
      context.log("Not signed in.");
      return;
    }
    if (!options.local && session.kind === "session") {
      try {
        await createClient({ url, token: session.token }).ask((routes) => routes.users.logout.$post());
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        if (error.status === undefined)
          context.log("You are still signed in. Remove the session from this machine: belfry logout --local");
        // The session has expired already.
        if (error.status !== 401) throw error;
      }
    }
    writeLogin(context.folder, { url });
    context.log(`Signed out of ${url}.`);
    if ((context.environment["BELFRY_SESSION_TOKEN"] ?? "") !== "")
      context.log("Note: BELFRY_SESSION_TOKEN is still set and used.");
  },
});

export const whoami = defineCommand({
  name: "whoami",
  summary: "Show the current user",
  examples: ["belfry whoami", "belfry whoami --output json"],
  options: { ...outputOption },
  async run(context, { options }) {
    const client = context.client();
    const user = await client.ask((routes) => routes.users[":user"].$get({ param: { user: "me" } }));
    if (options.output === "json") context.printJson(user);
    else context.print(`${describeUser(user)}, at ${client.url}`);
  },
});
