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
  const all = await client.ask((routes) => routes.templates.$get({ query: {} }));
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

/** One of a template's versions, by its name or id. */
export async function findVersion(
  client: Client,
  { id, name }: { id: string; name: string },
  wanted: string,
): Promise<{ id: string; name: string }> {
  const versions = await client.ask((routes) =>
    routes.templates[":id"].versions.$get({ param: { id }, query: {} }),
  );
  const version = versions.find(
    (one) => one.name.toLowerCase() === wanted.toLowerCase() || one.id === wanted,
  );
  if (version !== undefined) return version;
  const names = versions.map((one) => one.name);
  const near = nearest(wanted, names);
  throw new Failure(
    exit.failed,
    `${name} has no version "${wanted}".${near === undefined ? "" : ` Did you mean "${near}"?`}`,
    `It has ${names.slice(-10).join(", ")}.`,
  );
}
