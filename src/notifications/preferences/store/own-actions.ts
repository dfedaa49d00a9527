// SQL of a user's choice whether what they did themselves is news to them.
import { eq, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { users } from "../../../../db/schema.ts";

type User = SQL<string> | string;

export const findOwnActions = (user: User) =>
  query.select({ notify: users.ownActionsNotify }).from(users).where(eq(users.id, user));

export const setOwnActions = (user: User, notify: boolean): Statement =>
  query.update(users).set({ ownActionsNotify: notify }).where(eq(users.id, user));
