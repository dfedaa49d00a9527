// Paths of pages, and where a page may link or redirect to: a path of this site, or what a button names.

/**
 * A path of this site, in the form that a browser will follow; null for anything else. What a browser would read as
 * another host (`//host`, `/\host`, `/.//host`, blanks that it drops) is something else.
 */
export function ownPath(text: string | undefined): string | null {
  if (text === undefined || !text.startsWith("/")) return null;
  const base = "http://here.invalid";
  if (!URL.canParse(text, base)) return null;
  const url = new URL(text, base);
  if (url.origin !== base || url.pathname.startsWith("//")) return null;
  return url.pathname + url.search + url.hash;
}

const entryPages = ["/", "/login", "/logout", "/setup"];

/** Where to go after signing in: what was asked for, the inbox otherwise. */
export function afterSignIn(next: string | undefined): string {
  const path = ownPath(next);
  return path === null || entryPages.includes(path.split(/[?#]/)[0]!) ? "/inbox" : path;
}

/**
 * The target of a button; null if it is unsafe. Pages of this site become paths, so that users who came by another name
 * of the host stay signed in.
 */
export function buttonTarget(url: string, accessUrl: string): string | null {
  const own = url.startsWith(`${accessUrl}/`) ? url.slice(accessUrl.length) : url;
  const path = ownPath(own);
  if (path !== null) return path;
  return /^(https?:\/\/|mailto:)/i.test(own) && URL.canParse(own) ? own : null;
}

export const workspacesPath = "/workspaces";
export const tasksPath = "/tasks";
export const agentsPath = "/agents";
export const templatesPath = "/templates";
export const poolsPath = "/prebuilds";
export const notificationSettingsPath = "/settings/notifications";
export const accountPath = "/settings/account";
export const provisionerKeysPath = "/deployment/provisioner-keys";
export const deliveryPath = "/deployment/notifications";
export const deliveryLogPath = `${deliveryPath}/messages`;
export const deliveryCrumb = { title: "Delivery", page: deliveryPath };
export const sendPath = `${deliveryPath}/send`;
export const messagePath = (id: string): string => `${deliveryLogPath}/${id}`;
export const notificationTemplatesPath = `${deliveryPath}/templates`;

export const receiversPath = "/deployment/receivers";
export const rulesPath = "/deployment/rules";
export const ownRulesPath = "/settings/rules";
export const sourcesPath = "/deployment/sources";
export const usersPath = "/deployment/users";
export const groupsPath = "/deployment/groups";

const part = encodeURIComponent;

export const notificationTemplatePath = (id: string): string => `${notificationTemplatesPath}/${part(id)}`;

export const userPath = (username: string): string => `${usersPath}/${part(username)}`;

export const groupPath = (name: string): string => `${groupsPath}/${part(name)}`;

export const receiverPath = (name: string): string => `${receiversPath}/${part(name)}`;

export const sourcePath = (name: string): string => `${sourcesPath}/${part(name)}`;

export const workspacePath = (owner: string, name: string): string => `/@${part(owner)}/${part(name)}`;
export const buildPath = (owner: string, name: string, number: number): string =>
  `${workspacePath(owner, name)}/builds/${number}`;
export const taskPath = (owner: string, name: string): string => `/tasks/${part(owner)}/${part(name)}`;
export const questionPath = (id: string): string => `/questions/${part(id)}`;
export const templatePath = (organization: string, name: string): string =>
  `${templatesPath}/${part(organization)}/${part(name)}`;
export const versionPath = (organization: string, template: string, version: string): string =>
  `${templatePath(organization, template)}/versions/${part(version)}`;
export const filterPath = (filter: string): string => `${workspacesPath}?${new URLSearchParams({ filter })}`;

export interface SchemeFacts {
  accessUrl: string;
  /** What a proxy says the browser spoke; null where there is none. */
  forwardedProto: string | null;
  /** Browsers send it to https and to this machine only (W3C Fetch Metadata); null when absent. */
  secFetchSite: string | null;
}

/** The address to use instead, up to the path; null when nothing is wrong, or it can't be known. */
export function httpsOrigin({ accessUrl, forwardedProto, secFetchSite }: SchemeFacts): string | null {
  const { protocol, hostname, origin } = new URL(accessUrl);
  if (protocol !== "https:" || /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname)) return null;
  const scheme = forwardedProto?.split(",")[0]?.trim().toLowerCase();
  if (scheme === "https") return null;
  return scheme === "http" || secFetchSite === null ? origin : null;
}
