// Where things are shown. Notifications' links are made alike, in the templates' own words.

export const workspacesPath = "/workspaces";
export const templatesPath = "/templates";
export const poolsPath = "/prebuilds";
export const provisionerKeysPath = "/deployment/provisioner-keys";

const part = encodeURIComponent;

export const workspacePath = (owner: string, name: string): string => `/@${part(owner)}/${part(name)}`;
export const buildPath = (owner: string, name: string, number: number): string =>
  `${workspacePath(owner, name)}/builds/${number}`;
export const taskPath = (owner: string, name: string): string => `/tasks/${part(owner)}/${part(name)}`;
export const templatePath = (organization: string, name: string): string =>
  `${templatesPath}/${part(organization)}/${part(name)}`;
export const versionPath = (organization: string, template: string, version: string): string =>
  `${templatePath(organization, template)}/versions/${part(version)}`;
export const filterPath = (filter: string): string => `${workspacesPath}?${new URLSearchParams({ filter })}`;
