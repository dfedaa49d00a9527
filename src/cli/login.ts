// belfry login, logout and whoami: the session that is stored for later commands.
import { ClientError, createClient } from "../client.ts";
import type { Context } from "./context.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { readUrl } from "./rules/server.ts";
import { describeUser } from "./rules/user.ts";
import { hasFirstUser, signInAsFirst, signInAsked, signInWithToken } from "./sign-in.ts";
import { type Session, writeLogin } from "./stored-login.ts";

export const login = defineCommand({
  name: "login",
  summary: "Sign in; where nobody has an account yet, make the first one",
  takes: "[URL]",
  most: 1,
  details: [
    "",
    "The password is asked for without showing it, or read from the first line of standard input; it is never an",
    "argument, so that it is neither in the list of processes nor in your shell's history.",
  ],
  examples: [
    "belfry login",
    "belfry login https://belfry.example.com",
    "belfry login --email ada@example.com < password-file",
    "printenv TOKEN | belfry login https://belfry.example.com --token -",
  ],
  options: {
    email: { type: "string", value: "EMAIL", text: "who signs in" },
    token: {
      type: "string",
      value: "[KEY]",
      valueOptional: true,
      text: "sign in with a token; - reads it from standard input, nothing asks for it",
    },
    "use-token-as-session": { type: "boolean", text: "keep the token itself, make no session from it" },
    "first-user-email": { type: "string", value: "EMAIL", text: "the first user's address" },
    "first-user-username": { type: "string", value: "NAME", text: "the first user's username" },
    "first-user-name": { type: "string", value: "NAME", text: "the first user's full name" },
    "first-user-password-file": {
      type: "string",
      value: "FILE",
      text: "a file whose first line is the password",
    },
    "setup-code": {
      type: "string",
      value: "CODE",
      text: "the one-time code that a server asks of other machines",
    },
  },
  async run(context, { options, words }) {
    const url = words[0] === undefined ? context.choice().url : readUrl(words[0]);
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
      session = { token: await signInAsked(context, client, { email, passwordFile }), kind: "session" };
    } else session = { token: await signInAsFirst(context, client, firstUser), kind: "session" };
    writeLogin(context.folder, { url, session });
    await welcome(context, url, session);
  },
});

async function welcome(context: Context, url: string, { token, kind }: Session): Promise<void> {
  const { environment } = context;
  const who = await createClient({ url, token })
    .ask((routes) => routes.users[":user"].$get({ param: { user: "me" } }))
    .then(describeUser)
    // A token of a narrow scope can't look.
    .catch((error: unknown) => {
      if (kind === "token") return "the token's owner";
      throw error;
    });
  context.say(`Signed in at ${url} as ${who}.`);
  for (const name of ["BELFRY_URL", "BELFRY_SESSION_TOKEN"]) {
    const value = environment[name] ?? "";
    if (value !== "" && value !== url)
      context.say(`Note: ${name} is set and wins over this sign-in. Unset it to use this one.`);
  }
}

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

export const whoami = defineCommand({
  name: "whoami",
  summary: "Say who is signed in, and where",
  examples: ["belfry whoami", "belfry whoami --output json"],
  options: { ...outputOption },
  async run(context, { options }) {
    const client = context.client();
    const user = await client.ask((routes) => routes.users[":user"].$get({ param: { user: "me" } }));
    if (options.output === "json") context.printJson(user);
    else context.print(`${describeUser(user)}, at ${client.url}`);
  },
});
