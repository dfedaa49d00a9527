// What `belfry agent ask` and the tool `ask` have in common.
import { type Client, ClientError, segment } from "../client.ts";

/** `ask`: posts the question. A session that has reported nothing yet is reported first. */
export async function askInSession<T>(
  client: Client,
  { key, title }: { key: string; title: string },
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ClientError) || error.status !== 404 || !error.isBelfry) throw error;
    await client.ask((routes) =>
      routes["agent-sessions"][":key"].$put({
        param: { key: segment(key) },
        json: { state: "working", title },
      }),
    );
    return ask();
  }
}
