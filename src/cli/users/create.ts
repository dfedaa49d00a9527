// belfry users create: makes an account.
import { randomBytes } from "node:crypto";
import type { Client, User } from "../../client.ts";
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { ask, askNewPassword } from "../prompts.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { passwordFrom } from "../rules/password.ts";
import { readRoles, type SiteRole } from "../rules/roles.ts";
import { plainLine } from "../rules/text.ts";
import { describeUser } from "../rules/user.ts";

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
