// Thousands of users, by one statement.
import type { TestServer } from "./server.ts";

/** `user-1` to `user-COUNT`, all in the group `all`, which exists then. */
export async function addManyUsers(server: TestServer, count: number): Promise<void> {
  const numbers = `WITH RECURSIVE counted(n) AS
    (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ${count})`;
  const id = "printf('%08x-0000-7000-8000-%012x', n, n)";
  await server.sql(`${numbers} INSERT OR IGNORE INTO users (id, username, email, name, status, is_system, created_at, updated_at)
    SELECT ${id}, 'user-' || n, 'user-' || n || '@example.com', '', 'active', 0, 0, 0 FROM counted RETURNING 1`);
  await server.sql(`INSERT OR IGNORE INTO user_groups (id, organization_id, name, change_id, created_by, created_at, updated_at)
    SELECT 'all', id, 'all', '', '', 0, 0 FROM organizations LIMIT 1 RETURNING 1`);
  await server.sql(`${numbers} INSERT OR IGNORE INTO user_group_members (group_id, user_id, created_at)
    SELECT 'all', ${id}, 0 FROM counted RETURNING 1`);
}
