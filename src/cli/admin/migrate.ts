// belfry admin migrate: brings the database to this release before a server does; for one on a database server.
import { defineCommand } from "../rules/command.ts";

export const migrate = defineCommand({
  name: "migrate",
  summary: "Bring the database to this release, as a start does for an embedded one",
  most: 0,
  details: [
    "Instances of the release before go on working meanwhile. It prints the set-up code while there is no first user.",
  ],
  examples: ["BELFRY_DATABASE_URL=libsql://belfry.example.com belfry admin migrate"],
  options: {},
  // A program of its own, and what npm run db:migrate runs.
  run: async () => {
    await import("../../runtime/migrate.ts");
    return Number(process.exitCode ?? 0);
  },
});
