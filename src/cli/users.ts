// belfry users: accounts, their roles and status.
import { randomBytes } from "node:crypto";
import { type Client, ClientError, segment, type User } from "../client.ts";
import { readPages, type Context } from "./context.ts";
import { exit, Failure } from "./failure.ts";
import { requireRoles } from "./inputs.ts";
import { ask, askNewPassword } from "./prompts.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { plainLine } from "./rules/text.ts";
import { formatAge } from "./rules/time.ts";
import type { SiteRole } from "../../db/rules/values.ts";
import { describeUser, formatRoles, generatePassword } from "./rules/user.ts";

const pageSize = "100";

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List users",
  examples: [
    "belfry users list",
    "belfry users list --search grace",
    "belfry users list --search role:owner",
    "belfry users list --output json",
  ],
  fields: { q: "--search" },
  options: {
    search: {
      type: "string",
      value: "TEXT",
      text: "match username, name or email; also status:… and role:…",
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
    if (users.length === 0) return context.log("No users found.");
    const rows = users.map((user) => [
      user.username,
      user.name,
      user.email,
      formatRoles(user.roles),
      user.status,
      formatAge(user.last_seen_at, context.now()),
    ]);
    context.printTable(["USERNAME", "NAME", "EMAIL", "ROLES", "STATUS", "LAST SEEN"], rows);
  },
});

export const create = defineCommand({
  name: "create",
  summary: "Create a user",
  details: ["The password is typed at a prompt, read from the first line of standard input, or generated."],
  examples: [
    "belfry users create",
    "belfry users create --email grace@example.com --username grace --generate-password",
    "belfry users create --email eve@example.com --username eve --role auditor < password-file",
  ],
  options: {
    email: { type: "string", value: "EMAIL", text: "email address (default: prompt)" },
    username: { type: "string", value: "NAME", text: "username (default: prompt)" },
    name: { type: "string", value: "NAME", text: "full name" },
    role: {
      type: "string",
      multiple: true,
      value: "ROLE",
      text: "owner, user-admin, template-admin or auditor",
    },
    "generate-password": { type: "boolean", text: "generate a password and print it once" },
    ...outputOption,
  },
  async run(context, { options }) {
    const roles = requireRoles(options.role);
    const client = context.client();
    const { prompts } = context;
    if (!prompts.interactive && (options.email === undefined || options.username === undefined))
      throw new Failure(exit.usage, "No terminal for prompts. Use --email and --username.");
    const email = options.email ?? (await ask(prompts, "Email"));
    const username = options.username ?? (await ask(prompts, "Username", email.split("@")[0]));
    const generated = options["generate-password"] ? generatePassword(randomBytes(64)) : undefined;
    const password = generated ?? (await askNewPassword(prompts));
    const created = await client.ask((routes) =>
      routes.users.$post({ json: { email, username, name: options.name ?? "", password } }),
    );
    // Printed before the roles are set: if they are refused, the user exists anyway.
    if (generated !== undefined && options.output !== "json") {
      context.log(`Password of ${username}; it is not shown again:`);
      context.print(generated);
    }
    const user = await setRoles(context, client, created, roles);
    if (options.output === "json")
      context.printJson(generated === undefined ? user : { ...user, generated_password: generated });
    else context.log(`Created user ${describeUser(user)}.`);
  },
});

async function setRoles(context: Context, client: Client, user: User, roles: SiteRole[]): Promise<User> {
  if (roles.length === 0) return user;
  try {
    return await client.ask((routes) =>
      routes.users[":user"].roles.$put({ param: { user: user.id }, json: { roles } }),
    );
  } catch (error) {
    context.log(`Created user ${plainLine(user.username)} without the roles ${roles.join(", ")}.`);
    throw error;
  }
}

export const roles = defineCommand({
  name: "roles",
  summary: "Show the roles of a user, or replace them with the roles given",
  args: "USER [ROLE…]",
  minArgs: 1,
  maxArgs: 10,
  details: [
    "Roles: owner, user-admin, template-admin, auditor. Every user is a member. Roles that are not given are removed.",
  ],
  examples: [
    "belfry users roles grace",
    "belfry users roles grace template-admin auditor",
    "belfry users roles grace --none",
  ],
  options: { none: { type: "boolean", text: "remove all roles but member" }, ...outputOption },
  async run(context, { options, args }) {
    const param = { user: segment(args[0]!) };
    const json = { roles: requireRoles(args.slice(1)) };
    if (options.none && json.roles.length > 0) throw new Failure(exit.usage, "--none: not with ROLE");
    const isChange = options.none || json.roles.length > 0;
    const user = await orNotFound(
      args[0]!,
      context
        .client()
        .ask((routes) =>
          isChange
            ? routes.users[":user"].roles.$put({ param, json })
            : routes.users[":user"].$get({ param }),
        ),
    );
    if (options.output === "json") context.printJson(user);
    else if (isChange) context.log(`Updated user ${describeUser(user)}.`);
    else context.print(formatRoles(user.roles));
  },
});

export const suspend = defineCommand({
  name: "suspend",
  summary: "Suspend a user: sessions end at once, notifications stop",
  args: "USER",
  minArgs: 1,
  examples: ["belfry users suspend grace"],
  options: { ...outputOption },
  run: (context, { options, args }) =>
    setStatus(context, args[0]!, { status: "suspend", output: options.output, done: "Suspended" }),
});

export const activate = defineCommand({
  name: "activate",
  summary: "Reactivate a suspended user",
  args: "USER",
  minArgs: 1,
  examples: ["belfry users activate grace"],
  options: { ...outputOption },
  run: (context, { options, args }) =>
    setStatus(context, args[0]!, { status: "activate", output: options.output, done: "Reactivated" }),
});

async function setStatus(
  context: Context,
  name: string,
  { status, output, done }: { status: "suspend" | "activate"; output: string | undefined; done: string },
): Promise<void> {
  const param = { user: segment(name) };
  const user = await orNotFound(
    name,
    context.client().ask((routes) => routes.users[":user"].status[status].$put({ param })),
  );
  if (output === "json") context.printJson(user);
  else context.log(`${done} user ${plainLine(user.username)}.`);
}

/** The server's own words don't say which user was typed. */
async function orNotFound<T>(name: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof ClientError && error.isBelfry && error.status === 404)) throw error;
    throw new Failure(
      exit.failed,
      `User "${plainLine(name)}" not found, or you don't have access.`,
      "List users: belfry users list",
    );
  }
}

export const remove = defineCommand({
  name: "delete",
  aliases: ["rm", "remove"],
  summary: "Delete a user: sessions and tokens end at once, the inbox is deleted",
  args: "USER",
  minArgs: 1,
  examples: ["belfry users delete grace"],
  options: {},
  async run(context, { args: [name = ""] }) {
    const param = { user: segment(name) };
    await orNotFound(
      name,
      context.client().ask((routes) => routes.users[":user"].$delete({ param })),
    );
    context.log(`Deleted user ${plainLine(name)}.`);
  },
});
