// SQL of facts about the deployment as a whole.
import { eq } from "drizzle-orm";
import { query } from "../../../db/client.ts";
import { settings } from "../../../db/schema.ts";

export function readDeploymentId() {
  return query.select({ value: settings.value }).from(settings).where(eq(settings.key, "deployment_id"));
}
