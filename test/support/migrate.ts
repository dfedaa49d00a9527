// `npm run db:migrate`, as an operator runs it.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cleanEnvironment } from "./program.ts";

const program = fileURLToPath(new URL("../../src/runtime/migrate.ts", import.meta.url));

/** What it prints. */
export async function migrate(databaseUrl: string): Promise<{ setup_code: string; migrations: string[] }> {
  const { stdout } = await promisify(execFile)(process.execPath, [program], {
    env: cleanEnvironment({ BELFRY_DATABASE_URL: databaseUrl }),
  });
  return JSON.parse(stdout) as { setup_code: string; migrations: string[] };
}
