// The three people of the demo, and the key of its provisioner.
import { createClient } from "../../src/client.ts";

export const password = "three-people-in-a-belfry";
export const people = [
  {
    username: "ada",
    email: "ada@example.com",
    what: "template admin with a workspace: gets every notification",
  },
  { username: "grace", email: "grace@example.com", what: "owner of the deployment" },
  { username: "mia", email: "mia@example.com", what: "has a workspace" },
] as const;

/** The sessions of those who do something in the story. */
export interface People {
  ada: string;
  mia: string;
  provisionerKey: string;
  /** Whether a build has succeeded, as the owner sees it. */
  isBuilt: (id: string) => Promise<boolean>;
}

export async function introduce(url: string): Promise<People> {
  const anyone = createClient({ url });
  const person = ({ username, email }: (typeof people)[number]) => ({
    username,
    email,
    name: username,
    password,
  });
  const [ada, grace, mia] = people;
  await anyone.ask((routes) => routes.users.first.$post({ json: person(grace) }));
  const signIn = async (email: string) =>
    (await anyone.ask((routes) => routes.users.login.$post({ json: { email, password } }))).session_token;
  const owner = createClient({ url, token: await signIn(grace.email) });
  for (const other of [ada, mia]) await owner.ask((routes) => routes.users.$post({ json: person(other) }));
  await owner.ask((routes) =>
    routes.users[":user"].roles.$put({ param: { user: ada.username }, json: { roles: ["template-admin"] } }),
  );
  const { key } = await owner.ask((routes) =>
    routes.organizations[":organization"].provisionerkeys.$post({
      param: { organization: "default" },
      json: { name: "demo" },
    }),
  );
  const isBuilt = async (id: string) =>
    (await owner.ask((routes) => routes.workspacebuilds[":id"].$get({ param: { id } }))).job.status ===
    "succeeded";
  return { isBuilt, ada: await signIn(ada.email), mia: await signIn(mia.email), provisionerKey: key };
}
