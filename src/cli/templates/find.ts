// Finds a template by its name, with words for one that isn't there. The commands of templates call it.
import { ClientError, segment, type Client, type Template } from "../../client.ts";
import { exit, Failure } from "../failure.ts";
import { nearest } from "../rules/nearest.ts";

export const organization = "default";

/** Undefined when there is none. */
export async function lookUpTemplate(client: Client, name: string): Promise<Template | undefined> {
  const param = { organization, name: segment(name) };
  try {
    return await client.ask((routes) =>
      routes.organizations[":organization"].templates[":name"].$get({ param }),
    );
  } catch (error) {
    if (error instanceof ClientError && error.status === 404 && error.isBelfry) return undefined;
    throw error;
  }
}

export async function findTemplate(client: Client, name: string): Promise<Template> {
  const found = await lookUpTemplate(client, name);
  if (found !== undefined) return found;
  const all = await client.ask((routes) => routes.templates.$get());
  const near = nearest(
    name,
    all.map((template) => template.name),
  );
  throw new Failure(
    exit.failed,
    `There is no template "${name}".${near === undefined ? "" : ` Did you mean "${near}"?`}`,
    "To see all: belfry templates list",
  );
}
