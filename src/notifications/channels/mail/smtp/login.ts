// AUTH (RFC 4954): PLAIN, else LOGIN, out of what the server offers; mechanisms that we don't know are passed over.
import type { MailLogin } from "./connection.ts";
import { MailFailure, refusal } from "./failure.ts";
import type { Extensions } from "./protocol.ts";
import type { Wire } from "./wire.ts";

export async function logIn(
  wire: Wire,
  extensions: Extensions,
  login: MailLogin,
  signal: AbortSignal,
): Promise<void> {
  const offered = extensions.get("AUTH");
  if (offered === undefined) throw noLogin(extensions);
  const mechanism = ["PLAIN", "LOGIN"].find((name) => offered.includes(name));
  if (mechanism === undefined) {
    throw new MailFailure(
      `the server offers to log in by ${offered.join(", ") || "nothing"}; this program can PLAIN and LOGIN`,
      { about: "account", broken: true },
    );
  }
  const password = await passwordOf(login);
  const steps =
    mechanism === "PLAIN"
      ? [toBase64(`${login.identity}\0${login.username}\0${password}`)]
      : [toBase64(login.username), toBase64(password)];
  for (const secret of [...steps, toBase64(password), password]) wire.hide(secret);

  const first = mechanism === "PLAIN" ? `AUTH PLAIN ${steps.shift()!}` : "AUTH LOGIN";
  let reply = await wire.ask(first, "after AUTH", signal);
  // A server that overlooked what came with AUTH PLAIN asks for it again.
  if (mechanism === "PLAIN" && reply.code === 334) steps.push(first.slice("AUTH PLAIN ".length));
  for (const step of steps) {
    if (reply.code !== 334) break;
    reply = await wire.ask(step, "after AUTH", signal);
  }
  if (reply.code === 235) return;
  if (reply.code !== 535) throw refusal(reply, "after AUTH", "login");
  throw new MailFailure(
    "535 authentication failed: check BELFRY_EMAIL_AUTH_USERNAME and BELFRY_EMAIL_AUTH_PASSWORD" +
      (reply.text === "" ? "" : ` (the server says: ${reply.text})`),
    { about: "account", broken: true },
  );
}

function noLogin(extensions: Extensions): MailFailure {
  return extensions.has("STARTTLS")
    ? new MailFailure(
        "the server does not offer AUTH before STARTTLS, and BELFRY_EMAIL_AUTH_USERNAME is set: set BELFRY_EMAIL_TLS_STARTTLS=true",
        { about: "account", broken: true },
      )
    : new MailFailure(
        "the server does not offer AUTH, but BELFRY_EMAIL_AUTH_USERNAME is set: check the port, or leave the name and the password out",
        { about: "account", broken: true },
      );
}

async function passwordOf(login: MailLogin): Promise<string> {
  try {
    return await login.password();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw new MailFailure(`the file of BELFRY_EMAIL_AUTH_PASSWORD_FILE can't be read${code}`, {
      about: "account",
      broken: true,
    });
  }
}

const toBase64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");
