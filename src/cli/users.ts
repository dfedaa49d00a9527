// belfry users: accounts, their roles and status, and a new password by a mailed code.
import { randomBytes } from "node:crypto";
import { type Client, createClient, segment, type User } from "../client.ts";
import { readPages } from "./calls.ts";
import type { Context } from "./context.ts";
import { exit, Failure } from "./failure.ts";
import { ask, askNewPassword } from "./prompts.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { plainLine } from "./rules/text.ts";
import { ageWords } from "./rules/time.ts";
import { describeUser, passwordFrom, readRoles, roleWords, type SiteRole } from "./rules/user.ts";

const pageSize = "100";

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List the accounts",
  examples: [
    "belfry users list",
    "belfry users list --search grace",
    "belfry users list --search role:owner",
    "belfry users list --output json",
  ],
  options: {
    search: {
      type: "string",
      value: "TEXT",
      text: "only who has this in the username, name or address; also status:… and role:…",
    },
    ...outputOption,
  },
  async run(context, { options }) {
    const client = context.client();
    const { items: users, count } = await readPages(async (offset) => {
      const query = { q: options.search ?? "", limit: pageSize, offset };
      const page = await client.ask((routes) => routes.users.$get({ query }));
      return { items: page.users, count: page.count };
    });
    if (options.output === "json") return context.printJson({ users, count });
    if (users.length === 0) return context.say("Nobody matches.");
    const rows = users.map((user) => [
      user.username,
      user.name,
      user.email,
      roleWords(user.roles),
      user.status,
      ageWords(user.last_seen_at, context.now()),
    ]);
    context.printTable(["USERNAME", "NAME", "EMAIL", "ROLES", "STATUS", "LAST SEEN"], rows);
  },
});

export const create = defineCommand({
  name: "create",
  summary: "Make an account for somebody",
  details: ["The password is asked for, read from the first line of standard input, or generated."],
  examples: [
    "belfry users create",
    "belfry users create --email grace@example.com --username grace --generate-password",
    "belfry users create --email eve@example.com --username eve --role auditor < password-file",
  ],
  options: {
    email: { type: "string", value: "EMAIL", text: "the address; asked for when missing" },
    username: { type: "string", value: "NAME", text: "the username; asked for when missing" },
    name: { type: "string", value: "NAME", text: "the full name" },
    role: {
      type: "string",
      multiple: true,
      value: "ROLE",
      text: "owner, user-admin, template-admin or auditor",
    },
    "generate-password": { type: "boolean", text: "make a password and print it, once, on standard output" },
    ...outputOption,
  },
  async run(context, { options }) {
    const verdict = readRoles(options.role);
    if (!verdict.ok) throw new Failure(exit.usage, verdict.problem);
    const client = context.client();
    const { prompts } = context;
    if (!prompts.interactive && (options.email === undefined || options.username === undefined))
      throw new Failure(exit.usage, "There is no terminal to ask at. Give --email and --username.");
    const email = options.email ?? (await ask(prompts, "Email"));
    const username = options.username ?? (await ask(prompts, "Username", email.split("@")[0]));
    const generated = options["generate-password"] ? passwordFrom(randomBytes(64)) : undefined;
    const password = generated ?? (await askNewPassword(prompts));
    const made = await client.ask((routes) =>
      routes.users.$post({ json: { email, username, name: options.name ?? "", password } }),
    );
    // Before the roles: when those are refused, there is a user all the same.
    if (generated !== undefined && options.output !== "json") {
      context.say(`The password of ${username}, shown only now:`);
      context.print(generated);
    }
    const user = await giveRoles(context, client, made, verdict.roles);
    if (options.output === "json")
      context.printJson(generated === undefined ? user : { ...user, generated_password: generated });
    else context.say(`Made ${describeUser(user)}.`);
  },
});

async function giveRoles(context: Context, client: Client, user: User, roles: SiteRole[]): Promise<User> {
  if (roles.length === 0) return user;
  try {
    return await client.ask((routes) =>
      routes.users[":user"].roles.$put({ param: { user: user.id }, json: { roles } }),
    );
  } catch (error) {
    context.say(`${plainLine(user.username)} was made, but without the roles ${roles.join(", ")}.`);
    throw error;
  }
}

export const roles = defineCommand({
  name: "roles",
  summary: "Give somebody exactly these roles; without any, none",
  takes: "USER [ROLE…]",
  least: 1,
  most: 10,
  details: ["Roles are owner, user-admin, template-admin and auditor."],
  examples: ["belfry users roles grace template-admin", "belfry users roles grace"],
  options: { ...outputOption },
  async run(context, { options, words }) {
    const verdict = readRoles(words.slice(1));
    if (!verdict.ok) throw new Failure(exit.usage, verdict.problem);
    const param = { user: segment(words[0]!) };
    const json = { roles: verdict.roles };
    const user = await context.client().ask((routes) => routes.users[":user"].roles.$put({ param, json }));
    if (options.output === "json") context.printJson(user);
    else context.say(`Now: ${describeUser(user)}.`);
  },
});

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

export const resetPassword = defineCommand({
  name: "reset-password",
  summary: "Set a new password with a code that is mailed to you",
  takes: "EMAIL",
  least: 1,
  most: 1,
  details: [
    "At a terminal the code and the new password are asked for. Elsewhere there are two steps: without --code the mail is",
    "asked for, with it the new password is the first line of standard input. All sessions and tokens of the account end.",
    "Where no mail is set up: belfry admin reset-password, on the server's machine.",
  ],
  examples: [
    "belfry users reset-password ada@example.com",
    "belfry users reset-password ada@example.com --code 7KQM-40618253 < password-file",
  ],
  options: {
    code: { type: "string", value: "CODE", text: "the code from the mail; none is asked for then" },
  },
  async run(context, { options, words }) {
    const email = words[0]!;
    const client = createClient({ url: context.choice().url });
    if (options.code !== undefined) return change(context, client, email, options.code);
    await client.ask((routes) => routes.users.otp.request.$post({ json: { email } }));
    context.say(
      `If ${plainLine(email)} has an account, a mail with a code is on its way. It works for 20 minutes.`,
    );
    if (context.prompts.interactive)
      return change(context, client, email, await ask(context.prompts, "Code"));
    context.say(`Then: belfry users reset-password ${plainLine(email)} --code CODE < password-file`);
  },
});

async function change(context: Context, client: Client, email: string, code: string): Promise<void> {
  const password = await askNewPassword(context.prompts);
  const json = { email, one_time_passcode: code, password };
  await client.ask((routes) => routes.users.otp["change-password"].$post({ json }));
  context.say("Your password is changed; all sessions and tokens have ended. Sign in with: belfry login");
}
