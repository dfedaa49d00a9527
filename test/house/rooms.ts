// The rooms of the house and the laws between them, as a table. `.oxlintrc.json` is generated from it: `npm run rules`.

/** From the top floor down: a room imports those below it. Programs of the first line do not import each other. */
export const floors: readonly (readonly string[])[] = [
  ["runtime", "cli", "provisioner"],
  ["mcp"],
  ["pages"],
  ["api"],
  ["http"],
  ["prebuilds"],
  ["workspaces"],
  ["agent-sessions", "sources"],
  ["accounts"],
  ["notifications"],
  ["config"],
  ["kernel"],
];

/** Files that import from one room above their own: `Deps` carry the configuration. */
export const exceptions: Readonly<Record<string, string>> = { "src/kernel/deps.ts": "config" };

/** Programs of their own, on Node: they reach the server by `client.ts` and share pure rules with it. */
export const programs = ["cli", "provisioner"];

/** The only files of the server that know where they run. */
export const runtimes = ["runtime"];

export const laws = {
  direction: `Imports go one way: ${floors.map((rooms) => rooms.join(", ")).join(" → ")} → db`,
  door: "accounts, agent-sessions, sources, workspaces and prebuilds import notifications/index.ts and nothing else of notifications",
  pure: "rules/ is pure: values in, values out; take time, chance and configuration as arguments",
  drizzle: "Only store/ and db/ know drizzle",
  client: "Only db/ and runtime/ know the libSQL client",
  organization: "Only dbFor() in runtime/organizations.ts opens a database to work with",
  node: "Only runtime/, cli/, provisioner/, db/migrate.ts and db/template-files.ts know Node",
  network: "Only runtime/ opens connections",
  world: "The outside world comes in through deps",
  clock: "One clock: deps.now()",
  chance: "Take chance as an argument",
  programs: "Programs import client.ts, mcp/, node:* and rules/",
  terminal: "In src/cli/, only main.ts knows the process",
  bottom: "db/ is the bottom: it imports nothing of src/",
  arrival: "Tests wait for an address with arriveAt(), and never for a time",
} as const;

/** Why each law is there; `npm run docs` writes both into `lawsPage`. */
export const reasons: Record<keyof typeof laws, string> = {
  direction:
    "A reader can understand a room without the rooms above it, and no two rooms depend on each other.",
  door: "Nobody has to know in which order an event is read, prepared, written and woken.",
  pure: "A decision can be tested with a table of values, and reads the same wherever it is called.",
  drizzle: "SQL is in one place for each feature; a verb shows what it does, not how it is stored.",
  client: "All traffic goes through `read` and `write`, where retries, batching and measuring are.",
  organization:
    "A request, a tick, a delivery and a live inbox each work in the database of one organization, and in no other.",
  node: "The same source runs on Workers, which has no files and processes.",
  network: "Only the runtime knows how a connection is made; tests put real receivers at its end.",
  world: "A test or another runtime gives other dependencies; nothing is replaced behind the code's back.",
  clock: "Tests set the time, and clocks that are wrong are corrected in one place.",
  chance: "A rule that draws lots can still be tested.",
  programs: "The command line and the provisioner run on other machines; they know the server by its API.",
  terminal:
    "A command gets streams, environment and signals from its caller; a test runs it without a process.",
  bottom: "Migrations and the schema can be read, and run, without the application.",
  arrival: "One navigation may cut off another, and a machine may be busy: other waits fail by chance.",
};

/** Where the laws and their reasons are written. */
export const lawsPage = "public/docs/contributing/architecture.md";
