// The ways to become signed in: making the first user, email and password, a token. `belfry login` calls them.
import { readFileSync } from "node:fs";
import { ClientError, createClient, type Client } from "../client.ts";
import type { Context } from "./context.ts";
import { exit, Failure, tell } from "./failure.ts";
import { ask, askNewPassword, askPassword } from "./prompts.ts";
import type { Session } from "./stored-login.ts";

export interface FirstUserOptions {
  email: string | undefined;
  username: string | undefined;
  name: string | undefined;
  passwordFile: string | undefined;
  setupCode: string | undefined;
}

export async function hasFirstUser(client: Client): Promise<boolean> {
  try {
    await client.ask((routes) => routes.users.first.$get());
    return true;
  } catch (error) {
    if (error instanceof ClientError && error.isBelfry && error.status === 404) return false;
    throw error;
  }
}

interface Answers {
  email: string;
  username: string;
  name: string;
  password: string;
  setup_code?: string;
}

/** Makes the owner and signs them in; what the server doesn't like is asked again. */
export async function signInAsFirst(
  context: Context,
  client: Client,
  options: FirstUserOptions,
): Promise<string> {
  const { prompts } = context;
  if (prompts.interactive) context.say("Nobody has an account here yet: you make the first one, an owner.");
  else if (options.email === undefined || options.username === undefined) throw nobodyToAsk();
  let answers: Partial<Answers> = {
    ...(options.email === undefined ? {} : { email: options.email }),
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.passwordFile === undefined ? {} : { password: readPassword(options.passwordFile) }),
    ...(options.setupCode === undefined ? {} : { setup_code: options.setupCode }),
  };
  for (;;) {
    const complete = await completeAnswers(context, answers);
    try {
      await client.ask((routes) => routes.users.first.$post({ json: complete }));
      return await signInWithPassword(client, complete);
    } catch (error) {
      answers = await withoutRefused(context, complete, error);
    }
  }
}

const nobodyToAsk = () =>
  new Failure(
    exit.usage,
    "Nobody has an account here yet, and there is no terminal to ask for the first one.",
    "Give --first-user-email, --first-user-username, and --first-user-password-file or the password on standard input.",
  );

async function completeAnswers({ prompts, environment }: Context, known: Partial<Answers>): Promise<Answers> {
  const email = known.email ?? (await ask(prompts, "Email"));
  const username = known.username ?? (await ask(prompts, "Username", environment["USER"]));
  const password = known.password ?? (await askNewPassword(prompts));
  return { name: "", ...known, email, username, password };
}

/** The answers that may stay, once the person has been told what is wrong; throws when nothing can be asked again. */
async function withoutRefused(context: Context, answers: Answers, error: unknown): Promise<Partial<Answers>> {
  if (!(error instanceof ClientError)) throw error;
  // The one thing that is forbidden here is to set up from elsewhere without the code.
  if (error.status === 403 && context.prompts.interactive) {
    context.say(
      answers.setup_code === undefined ? "The server printed a set-up code when it started." : error.message,
    );
    return { ...answers, setup_code: await ask(context.prompts, "Set-up code") };
  }
  if (error.status === 403)
    throw new Failure(
      exit.failed,
      error.message,
      "The server printed it when it started. Give it with --setup-code.",
    );
  const refused = new Set(error.validations.map(({ field }) => field));
  if (!context.prompts.interactive || refused.size === 0) throw error;
  for (const line of tell(error).lines) context.say(line);
  return Object.fromEntries(Object.entries(answers).filter(([field]) => !refused.has(field)));
}

/** A session's key. */
export async function signInWithPassword(
  client: Client,
  { email, password }: { email: string; password: string },
): Promise<string> {
  const { session_token } = await client.ask((routes) =>
    routes.users.login.$post({ json: { email, password } }),
  );
  return session_token;
}

const triesAtATerminal = 3;

/** Asks for what is missing; at a terminal a wrong password may be corrected. */
export async function signInAsked(
  context: Context,
  client: Client,
  given: { email: string | undefined; passwordFile: string | undefined },
): Promise<string> {
  const { prompts } = context;
  if (given.email === undefined && !prompts.interactive)
    throw new Failure(
      exit.usage,
      "There is no terminal to ask at.",
      "Give --email and the password on standard input, or --token - with a token on standard input.",
    );
  const email = given.email ?? (await ask(prompts, "Email"));
  for (let tries = 1; ; tries += 1) {
    const password =
      given.passwordFile === undefined
        ? await askPassword(prompts, "Password")
        : readPassword(given.passwordFile);
    try {
      return await signInWithPassword(client, { email, password });
    } catch (error) {
      if (!(error instanceof ClientError) || error.status !== 401) throw error;
      const canRetry = prompts.interactive && given.passwordFile === undefined && tries < triesAtATerminal;
      if (!canRetry) throw new Failure(exit.signedOut, error.message, error.detail);
      context.say(error.message);
    }
  }
}

/** A token, kept as it is or turned into a session of its own. */
export async function signInWithToken(
  context: Context,
  url: string,
  { token: given, keep }: { token: string; keep: boolean },
): Promise<Session> {
  const token = await readToken(context, given);
  const client = createClient({ url, token });
  try {
    if (keep) {
      await client.ask((routes) => routes.users[":user"].$get({ param: { user: "me" } }));
      return { token, kind: "token" };
    }
    const { key } = await client.ask((routes) => routes.users[":user"].keys.$post({ param: { user: "me" } }));
    return { token: key, kind: "session" };
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    if (error.status === 401) throw new Failure(exit.signedOut, error.message);
    if (error.status !== 403) throw error;
    // The token is good, but its scope is narrow.
    if (keep) return { token, kind: "token" };
    throw new Failure(
      exit.failed,
      "The token's scope is too narrow to make a session from it.",
      "To use the token itself: belfry login --token - --use-token-as-session",
    );
  }
}

async function readToken({ prompts }: Context, given: string): Promise<string> {
  if (given !== "" && given !== "-") return given;
  if (given === "" && !prompts.interactive)
    throw new Failure(exit.usage, "--token needs a value here; - reads standard input.");
  const line = await prompts.line("Token: ", true);
  if (line !== undefined && line.trim() !== "") return line.trim();
  throw new Failure(exit.failed, "There is no token on standard input.");
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, "utf8").split(/\r?\n/)[0]!;
  } catch (error) {
    throw new Failure(exit.failed, `The password file ${file} can't be read: ${(error as Error).message}`);
  }
}
