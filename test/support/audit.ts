// The audit log, as tests look at it.
import type { TestServer } from "./server.ts";

/** Latest first; `resourceType` limits it to things of that kind, `filter` is a query of the route's. */
export async function auditEntries(server: TestServer, token: string, resourceType?: string, filter = "") {
  const { json } = await server.call("GET", `/api/v2/audit?limit=500&${filter}`, { token });
  return json.entries.filter((entry) => resourceType === undefined || entry.resource_type === resourceType);
}
