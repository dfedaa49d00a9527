// `npm run db:migrate`, as an operator runs it.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { cleanEnvironment, sourceLauncher } from "./program.ts";

/** What it prints. */
export async function migrate(databaseUrl: string): Promise<{ setup_code: string; migrations: string[] }> {
  const { stdout } = await promisify(execFile)(process.execPath, [sourceLauncher, "admin", "migrate"], {
    env: cleanEnvironment({ BELFRY_DATABASE_URL: databaseUrl }),
  });
  return JSON.parse(stdout) as { setup_code: string; migrations: string[] };
}
