// A group on the wire, as Coder's clients know one.
import * as z from "zod";
import { userStatuses, type UserStatus } from "../../db/schema.ts";
import { managersOnly } from "../accounts/groups.ts";
import { maxMembers, type GroupRow } from "../accounts/store/groups.ts";
import type { Requirement } from "../http/endpoint.ts";
import { listLimit, text, wholeNumber } from "../http/schemas.ts";
import {
  field,
  fixed,
  list,
  literal,
  neverTime,
  number,
  shape,
  string,
  time,
  timeOrNever,
} from "../http/wire.ts";

/** What a group has of each of its members. */
interface Member {
  id: string;
  username: string;
  name: string;
  email: string;
  status: UserStatus;
  createdAt: number;
  updatedAt: number;
  lastSeenAt: number | null;
}

const memberShape = shape<Member>("ReducedUser")({
  id: string((row) => row.id),
  username: string((row) => row.username),
  name: string((row) => row.name),
  avatar_url: fixed(""),
  email: string((row) => row.email),
  created_at: time((row) => row.createdAt),
  updated_at: time((row) => row.updatedAt),
  last_seen_at: timeOrNever((row) => row.lastSeenAt, `${neverTime} for a user who has never been here`),
  status: field(z.enum(userStatuses), (row) => row.status),
  login_type: literal("password"),
  theme_preference: fixed(""),
});

export const groupShape = shape<GroupRow>("Group")({
  id: string((row) => row.id),
  name: string((row) => row.name),
  display_name: string((row) => row.displayName),
  organization_id: string((row) => row.organizationId),
  members: list(
    memberShape,
    (row) => JSON.parse(row.members) as Member[],
    `at most ${maxMembers.listed} in a list and ${maxMembers.alone} of one group; the others: GET /groups/{group}/members`,
  ),
  total_member_count: number((row) => row.memberCount),
  avatar_url: string((row) => row.avatarUrl),
  quota_allowance: fixed(0),
  source: literal("user"),
  organization_name: string((row) => row.organizationName),
  organization_display_name: string((row) => row.organizationDisplayName),
});

/** The query of a list of groups or members. */
export const groupPage = {
  q: text(1_000).optional().meta({ description: "words that must occur" }),
  limit: listLimit,
  offset: wholeNumber,
};

export const groupReaders: Requirement = {
  permission: "groups:read",
  deniedMessage: "Only owners, user admins, template admins and auditors can see groups.",
};
export const groupManagers: Requirement = { permission: "groups:manage", deniedMessage: managersOnly };
