// SQL of what Coder's dashboard remembers of a user.
import { eq } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { users } from "../../../db/schema.ts";

export const findUserPreferences = (userId: string) =>
  query
    .select({ taskNotificationAlertDismissed: users.taskNotificationAlertDismissed })
    .from(users)
    .where(eq(users.id, userId));

export const saveUserPreferences = (
  userId: string,
  preferences: { taskNotificationAlertDismissed: boolean },
): Statement => query.update(users).set(preferences).where(eq(users.id, userId));
