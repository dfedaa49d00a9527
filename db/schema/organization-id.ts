import { text } from "drizzle-orm/sqlite-core";

/**
 * For tables with a row for each notification. The default, '', is the database's first organization, which has all rows of
 * an installation with one: three ids a notification would be a tenth of its bytes.
 */
export const organizationId = () => text("organization_id").notNull().default("");
