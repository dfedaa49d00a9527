// Finds a workspace by its name, with words for one that isn't there. The commands of workspaces call it.
import { ClientError, segment, type Client, type Workspace } from "../../client.ts";
import { exit, Failure } from "../failure.ts";
import { nearest } from "../rules/nearest.ts";
import { parseParameters, parseWorkspaceName } from "../rules/workspace.ts";

export async function findWorkspace(client: Client, text: string): Promise<Workspace> {
  const named = parseWorkspaceName(text);
  if (named === undefined)
    throw new Failure(exit.usage, `"${text}" is no workspace's name. It is NAME, or OWNER/NAME.`);
  const param = { user: segment(named.owner), name: segment(named.name) };
  try {
    return await client.ask((routes) => routes.users[":user"].workspace[":name"].$get({ param, query: {} }));
  } catch (error) {
    if (!(error instanceof ClientError) || error.status !== 404 || !error.isBelfry) throw error;
    const query = { q: `owner:${named.owner}`, limit: "200" };
    const { workspaces } = await client.ask((routes) => routes.workspaces.$get({ query }));
    const near = nearest(
      named.name,
      workspaces.map((one) => one.name),
    );
    throw new Failure(
      exit.failed,
      `There is no workspace "${text}".${near === undefined ? "" : ` Did you mean "${near}"?`}`,
      "To see all: belfry workspaces list",
    );
  }
}

export const parameterOption = {
  parameter: {
    type: "string",
    short: "p",
    multiple: true,
    value: "NAME=VALUE",
    text: "a parameter of the template",
  },
} as const;
export const waitOption = {
  wait: {
    type: "boolean",
    short: "w",
    text: "show the log and wait for the end; the exit code says how it ended",
  },
} as const;

export function parametersOf(texts: readonly string[] | undefined) {
  const verdict = parseParameters(texts ?? []);
  if (!verdict.ok) throw new Failure(exit.usage, verdict.problem);
  return verdict.parameters;
}
