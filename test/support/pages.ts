// What a browser without scripts does: asks for pages and sends forms, with a cookie.
import { signInFirst, startTestServer, type CallAnswer, type TestServer } from "./server.ts";

export const asBrowser = { accept: "text/html,application/xhtml+xml" };

export const cookieFor = (token: string) => `coder_session_token=${token}`;
export const placeOf = (answer: CallAnswer) => answer.headers.get("location");

export const get = (server: TestServer, path: string, cookie?: string) =>
  server.call("GET", path, { headers: { ...asBrowser, ...(cookie === undefined ? {} : { cookie }) } });

export const post = (
  server: TestServer,
  path: string,
  fields: Record<string, string> = {},
  cookie?: string,
  headers: Record<string, string> = {},
) =>
  server.call("POST", path, {
    body: new URLSearchParams(fields),
    headers: { ...asBrowser, ...(cookie === undefined ? {} : { cookie }), ...headers },
  });

/** A server with an owner, who is signed in by the API and, with the same key, in the browser. */
export async function startSignedIn(options: Parameters<typeof startTestServer>[0] = {}) {
  const server = await startTestServer(options);
  const { token, userId } = await signInFirst(server);
  return { server, token, userId, cookie: cookieFor(token) };
}

/** What somebody reads on the page, in one line. */
export const wordsOf = (page: Pick<CallAnswer, "text">) =>
  page.text
    .replace(/^.*<body[^>]*>/s, "")
    .replaceAll(/<(script|svg)\b.*?<\/\1>/gs, "")
    .replaceAll(/<\/?(strong|em|code|a|time|span|svg|path)\b[^>]*>/g, "")
    .replaceAll("<q>", "“")
    .replaceAll("</q>", "”")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll("&#39;", "'")
    .replaceAll(/\s+/g, " ")
    .trim();
