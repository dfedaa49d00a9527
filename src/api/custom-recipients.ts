// Whom a custom notification is for: what a request says, what of it is wrong; and sending it to them.
import * as z from "zod";
import { siteRoles } from "../../db/schema.ts";
import type { Answers, Reads } from "../../db/client.ts";
import { listGroupNames } from "../accounts/store/groups.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { currentUserIdSql, readAsUser, type Ctx, type Limits } from "../http/endpoint.ts";
import { earlierRead, keyedBy, type RequestKey } from "../http/idempotency.ts";
import { text } from "../http/schemas.ts";
import { forbidden, invalid, invalidFields, type Validation } from "../kernel/errors.ts";
import { didYouMean } from "../kernel/rules/nearest.ts";
import { sendReads, sendToOthers, type SentToOthers } from "../notifications/custom/send.ts";
import { findNames, samplePeople, type CustomAudience } from "../notifications/custom/store/audience.ts";
import { maySendToOthersSql } from "../notifications/custom/store/senders.ts";
import type { CustomContent } from "../notifications/outbox/send-custom.ts";
import { parseOwnersFilter, type OwnersFilter } from "../workspaces/builds/rules/owners-filter.ts";
import { findFiltered, listFilterable, workspaceOwnersSql } from "../workspaces/builds/store/owners.ts";

const names = (what: string) =>
  z.array(z.string().min(1).max(300)).max(1_000).optional().meta({ description: what });

export const recipientsSchema = z
  .strictObject({
    users: names("Usernames or ids"),
    roles: z.array(z.enum(siteRoles)).max(10).optional(),
    groups: names("Names or ids of groups"),
    workspaces: text(1_000)
      .optional()
      .meta({ description: "Owners of workspaces: `template:docker@v2 status:running`" }),
  })
  .refine(
    ({ users = [], roles = [], groups = [], workspaces }) =>
      users.length + roles.length + groups.length > 0 || workspaces !== undefined,
    "name at least one user, role or group, or a filter of workspaces",
  );
export type Recipients = z.output<typeof recipientsSchema>;

const sampleSize = 20;

/** What sending and counting read; the sample only where it is shown. */
const audienceReads = (audience: CustomAudience, isDryRun: boolean) => ({
  ...sendReads(audience),
  names: findNames(audience),
  ...(isDryRun ? { sample: samplePeople(audience, sampleSize) } : {}),
});

const onlySenders = () =>
  forbidden(
    "Only owners can send notifications to others, and those whom they allow. Leave recipients out to send to yourself.",
  );

/** For `readAsUser`: anybody else gets a 403. */
export const senders = (c: Ctx): Limits => ({
  condition: { when: maySendToOthersSql(currentUserIdSql(c)), refusal: onlySenders },
});

/** Throws 400 that names what is unknown, and what would be right; 403. */
export async function readRecipients<T extends Reads>(
  c: Ctx,
  recipients: Recipients,
  { isDryRun = false, also }: { isDryRun?: boolean; also: T },
) {
  const filter = ownersOf(recipients.workspaces);
  const audience: CustomAudience = {
    users: recipients.users ?? [],
    roles: recipients.roles ?? [],
    groups: recipients.groups ?? [],
    ownersSql: filter && workspaceOwnersSql(filter),
  };
  const reads = {
    ...also,
    ...audienceReads(audience, isDryRun),
    filtered: findFiltered(filter ?? {}),
  };
  const answers = (await readAsUser(c, reads, senders(c))) as unknown as { actor: Actor } & Answers<T> &
    Answers<ReturnType<typeof audienceReads>> & {
      filtered: { hasTemplate: number; hasVersion: number }[];
    };
  if (answers.actor.scope !== "all") throw onlySenders();
  const wrong = [
    ...unknownUsers(audience.users, answers.names),
    ...(await unknownGroups(c, audience.groups, answers.names)),
    ...(filter === undefined ? [] : await unknownFiltered(c, filter, answers.filtered[0]!)),
  ];
  if (wrong.length > 0) throw invalidFields(wrong);
  return { ...answers, audience };
}

/** Throws 400, 403, 409, 422. */
export async function sendAs(
  c: Ctx,
  {
    content,
    recipients,
    requestKey,
  }: { content: CustomContent; recipients: Recipients; requestKey: RequestKey | undefined },
): Promise<SentToOthers> {
  const { actor, audience, ...read } = await readRecipients(c, recipients, {
    also: earlierRead(c, requestKey),
  });
  const request = { content, audience, keyed: keyedBy(actor.userId, requestKey) };
  return sendToOthers(c.get("deps"), actor, request, read);
}

function ownersOf(workspaces: string | undefined): OwnersFilter | undefined {
  if (workspaces === undefined) return undefined;
  const verdict = parseOwnersFilter(workspaces);
  if (!verdict.ok) throw invalid("recipients.workspaces", verdict.problem);
  return verdict.search;
}

type Found = readonly { kind: "user" | "group"; id: string; name: string }[];

function missing(wanted: readonly string[], found: Found, kind: "user" | "group"): string[] {
  const known = new Set(found.flatMap((one) => (one.kind === kind ? [one.id, one.name.toLowerCase()] : [])));
  return wanted.filter((name) => !known.has(name.toLowerCase()));
}

function unknownUsers(wanted: readonly string[], found: Found): Validation[] {
  const unknown = missing(wanted, found, "user");
  return unknown.length === 0
    ? []
    : [{ field: "recipients.users", detail: `unknown user ${unknown.join(", ")}` }];
}

async function unknownGroups(c: Ctx, wanted: readonly string[], found: Found): Promise<Validation[]> {
  const unknown = missing(wanted, found, "group");
  if (unknown.length === 0) return [];
  const { groups } = await c.get("deps").db.read({ groups: listGroupNames() });
  const near = didYouMean(
    unknown[0]!,
    groups.map(({ name }) => name),
  );
  return [{ field: "recipients.groups", detail: `unknown group ${unknown.join(", ")}.${near}` }];
}

async function unknownFiltered(
  c: Ctx,
  { template, version }: OwnersFilter,
  { hasTemplate, hasVersion }: { hasTemplate: number; hasVersion: number },
): Promise<Validation[]> {
  if (template === undefined || (hasTemplate === 1 && (version === undefined || hasVersion === 1))) return [];
  const { templates, versions } = await c.get("deps").db.read(listFilterable(template));
  const namesOf = (rows: readonly { name: string }[]) => rows.map(({ name }) => name);
  const detail =
    hasTemplate === 0
      ? `unknown template "${template}".${didYouMean(template, namesOf(templates))}`
      : `template "${template}" has no version "${version}".${didYouMean(version!, namesOf(versions)) || latest(namesOf(versions))}`;
  return [{ field: "recipients.workspaces", detail }];
}

const latest = ([name]: readonly string[]) => (name === undefined ? "" : ` The latest is "${name}".`);
