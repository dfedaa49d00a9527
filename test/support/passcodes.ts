// A server with a mail server, and the passcode out of what that got.
import { startMailServer, type ReceivedMail } from "./smtp.ts";
import { owner, startTestServer, type TestServer, type TestServerOptions } from "./server.ts";

export const mailTo = (port: number) => ({
  BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${port}`,
  BELFRY_EMAIL_FROM: "belfry@example.com",
});

/** `codes` are in the order in which they were mailed; no log line may have one. */
export async function startWithMail({ environment = {}, ...options }: TestServerOptions = {}) {
  const post = await startMailServer();
  const server = await startTestServer({ environment: { ...mailTo(post.port), ...environment }, ...options });
  const codes = () =>
    post.mails
      .filter(({ email }) => email.subject === "Password reset requested")
      .map((mail) => codeIn(server, mail));
  return { server, post, codes };
}

export const codeIn = (server: TestServer, { email }: ReceivedMail): string =>
  server.secret(/\b[A-Z0-9]{4}-\d{8}\b/.exec(email.text ?? "")![0]);

/** Asks for one and waits until the mail is out. */
export async function askForCode(server: TestServer, email = owner.email): Promise<number> {
  const { status } = await server.call("POST", "/api/v2/users/otp/request", { json: { email } });
  await server.settled();
  return status;
}

export const changeWith = (
  server: TestServer,
  code: string,
  password: string,
  email = owner.email,
  headers: Record<string, string> = {},
) =>
  server.call("POST", "/api/v2/users/otp/change-password", {
    json: { email, one_time_passcode: code, password },
    headers,
  });

export const newPassword = "seven-green-bottles-41";
