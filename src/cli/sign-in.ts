// How `belfry login` signs in: as the first user that it creates, with email and password, or with a token.
import { ClientError, createClient, type Client } from "../client.ts";
import type { Context } from "./context.ts";
import { describeError, exit, Failure } from "./failure.ts";
import { readInput } from "./inputs.ts";
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

/** Creates the owner and signs in; answers that the server refuses are asked for again. */
export async function createFirstUser(
  context: Context,
  client: Client,
  options: FirstUserOptions,
): Promise<string> {
  const { prompts } = context;
  if (prompts.interactive) context.log("This server has no users yet. Create the first one, an owner.");
  else if (options.email === undefined || options.username === undefined) throw noTerminal();
  let answers: Partial<Answers> = {
    ...(options.email === undefined ? {} : { email: options.email }),
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.passwordFile === undefined
      ? {}
      : { password: await readPassword(context, options.passwordFile) }),
    ...(options.setupCode === undefined ? {} : { setup_code: options.setupCode }),
  };
  for (;;) {
    const complete = await completeAnswers(context, answers);
    try {
      await client.ask((routes) => routes.users.first.$post({ json: complete }));
      return await signInWithPassword(client, complete);
    } catch (error) {
      answers = await withoutRefusedAnswers(context, complete, error);
    }
  }
}

const noTerminal = () =>
  new Failure(
    exit.usage,
    "This server has no users yet, and there is no terminal for prompts.",
    "Use --first-user-email and --first-user-username, with --first-user-password-file or the password on standard input.",
  );

async function completeAnswers({ prompts, environment }: Context, known: Partial<Answers>): Promise<Answers> {
  const email = known.email ?? (await ask(prompts, "Email"));
  const username = known.username ?? (await ask(prompts, "Username", environment["USER"]));
  const password = known.password ?? (await askNewPassword(prompts));
  return { name: "", ...known, email, username, password };
}

/** The answers that were not refused, after the reason is printed; throws when nothing can be asked again. */
async function withoutRefusedAnswers(
  context: Context,
  answers: Answers,
  error: unknown,
): Promise<Partial<Answers>> {
  if (!(error instanceof ClientError)) throw error;
  // 403: a set-up from another machine needs the code.
  if (error.status === 403 && context.prompts.interactive) {
    context.log(
      answers.setup_code === undefined
        ? "Enter the setup code: the server printed it when it started; for Workers, `npm run db:migrate` did."
        : error.message,
    );
    return { ...answers, setup_code: await ask(context.prompts, "Setup code") };
  }
  if (error.status === 403)
    throw new Failure(
      exit.failed,
      error.message,
      "The server printed the code when it started; for Workers, `npm run db:migrate` did. Pass it with --setup-code.",
    );
  const refused = new Set(error.validations.map(({ field }) => field));
  if (!context.prompts.interactive || refused.size === 0) throw error;
  for (const line of describeError(error).lines) context.log(line);
  return Object.fromEntries(Object.entries(answers).filter(([field]) => !refused.has(field)));
}

/** Resolves with the session's key. */
export async function signInWithPassword(
  client: Client,
  { email, password }: { email: string; password: string },
): Promise<string> {
  const { session_token } = await client.ask((routes) =>
    routes.users.login.$post({ json: { email, password } }),
  );
  return session_token;
}

const maxTries = 3;

/** Prompts for what is missing; at a terminal a wrong password can be corrected. */
export async function promptForPassword(
  context: Context,
  client: Client,
  given: { email: string | undefined; passwordFile: string | undefined },
): Promise<string> {
  const { prompts } = context;
  if (given.email === undefined && !prompts.interactive)
    throw new Failure(
      exit.usage,
      "No terminal for prompts.",
      "Use --email with the password on standard input, or --token - with a token on standard input.",
    );
  const email = given.email ?? (await ask(prompts, "Email"));
  for (let tries = 1; ; tries += 1) {
    const password =
      given.passwordFile === undefined
        ? await askPassword(prompts, "Password")
        : await readPassword(context, given.passwordFile);
    try {
      return await signInWithPassword(client, { email, password });
    } catch (error) {
      if (!(error instanceof ClientError) || error.status !== 401) throw error;
      const canRetry = prompts.interactive && given.passwordFile === undefined && tries < maxTries;
      if (!canRetry) throw new Failure(exit.signedOut, error.message, error.detail);
      context.log(error.message);
    }
  }
}

/** With `keep` the token itself, otherwise a new session. */
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
    // The token is valid, but its scope is narrow.
    if (keep) return { token, kind: "token" };
    throw new Failure(
      exit.failed,
      "The scope of the token doesn't allow creating a session.",
      "Use the token itself: belfry login --token - --use-token-as-session",
    );
  }
}

async function readToken({ prompts }: Context, given: string): Promise<string> {
  if (given !== "" && given !== "-") return given;
  if (given === "" && !prompts.interactive)
    throw new Failure(exit.usage, "--token: value missing; use - to read it from standard input");
  const line = await prompts.line("Token: ", true);
  if (line !== undefined && line.trim() !== "") return line.trim();
  throw new Failure(exit.failed, "No token on standard input.");
}

async function readPassword(context: Context, file: string): Promise<string> {
  return (await readInput(context, file)).toString("utf8").split(/\r?\n/)[0]!;
}
