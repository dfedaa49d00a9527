// SQL of the time zone of people's clocks.
import { eq, type SQL } from "drizzle-orm";
import { query } from "../../../db/client.ts";
import { users } from "../../../db/schema.ts";

type User = SQL<string> | string;

/** NULL: unknown. */
export const findTimeZone = (user: User) =>
  query.select({ timeZone: users.timeZone }).from(users).where(eq(users.id, user));
