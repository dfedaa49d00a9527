// What lies in somebody's inbox, as tests look at it.
import type { TestServer } from "./server.ts";

/** The titles, oldest first. */
export async function inboxTitles(server: TestServer, token: string): Promise<string[]> {
  const { json } = await server.call("GET", "/api/v2/notifications/inbox", { token });
  return (json.notifications as { title: string }[]).map(({ title }) => title).toReversed();
}
