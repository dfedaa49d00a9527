// Finds a task by its name or id, with words for one that isn't there. The commands of tasks call it.
import { ClientError, segment, type Client, type Task } from "../../client.ts";
import { exit, Failure } from "../failure.ts";
import { nearest } from "../rules/nearest.ts";
import { parseWorkspaceName } from "../rules/workspace.ts";

export async function findTask(client: Client, text: string): Promise<Task> {
  const named = parseWorkspaceName(text);
  if (named === undefined)
    throw new Failure(exit.usage, `TASK: "${text}" is no task, write NAME, OWNER/NAME or an id.`);
  const param = { user: segment(named.owner), task: segment(named.name) };
  try {
    return await client.ask((routes) => routes.tasks[":user"][":task"].$get({ param }));
  } catch (error) {
    if (!(error instanceof ClientError) || error.status !== 404 || !error.isBelfry) throw error;
    const query = { q: `owner:"${named.owner}"` };
    const { tasks } = await client.ask((routes) => routes.tasks.$get({ query }));
    const near = nearest(
      named.name,
      tasks.map((one) => one.name),
    );
    throw new Failure(
      exit.failed,
      `Task "${text}" not found.${near === undefined ? "" : ` Did you mean "${near}"?`}`,
      "To see all: belfry tasks list",
    );
  }
}
