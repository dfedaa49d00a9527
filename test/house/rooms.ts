// The rooms of the house and the laws between them, as a table. `.oxlintrc.json` is generated from it: `npm run rules`.

/** From the top floor down: a room imports those below it. Programs of the first line do not import each other. */
export const floors: readonly (readonly string[])[] = [
  ["runtime", "cli", "provisioner"],
  ["pages"],
  ["api"],
  ["http"],
  ["prebuilds"],
  ["workspaces"],
  ["accounts"],
  ["notifications"],
  ["config"],
  ["kernel"],
];

/** Programs of their own, on Node: they reach the server by `client.ts` and share pure rules with it. */
export const programs = ["cli", "provisioner"];

/** The only files of the server that know where they run. */
export const runtimes = ["runtime"];

export const laws = {
  direction: `Imports go one way: ${floors.map((rooms) => rooms.join(", ")).join(" → ")} → db`,
  pure: "rules/ is pure: values in, values out; take time, chance and configuration as arguments",
  drizzle: "Only store/ and db/ know drizzle",
  client: "Only db/ and runtime/ know the libSQL client",
  node: "Only runtime/, cli/, provisioner/, db/migrate.ts and db/seed.ts know Node",
  network: "Only runtime/ opens connections",
  world: "The outside world comes in through deps",
  clock: "One clock: deps.now()",
  chance: "Take chance as an argument",
  programs: "Programs import client.ts, node:* and rules/",
  bottom: "db/ is the bottom: it imports nothing of src/",
} as const;

/** Where the reasons of the laws are written. */
export const lawsPage = "public/docs/contributing/architecture.md";
