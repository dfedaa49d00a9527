// The linter's configuration, made from the table of rooms and the general rules.
import { exceptions, floors, laws, lawsPage, programs, runtimes } from "./rooms.ts";

type Rules = Record<string, unknown>;
interface Override {
  files: string[];
  rules: Rules;
}
interface Ban {
  group: string[];
  importNames?: string[];
  message: string;
}

const say = (law: keyof typeof laws) => `${laws[law]}. See ${lawsPage}.`;
const ban = (law: keyof typeof laws, ...group: string[]): Ban => ({ group, message: say(law) });

const drizzle = ban("drizzle", "drizzle-orm", "drizzle-orm/*");
const client = ban("client", "@libsql/*");
const node = ban("node", "node:*", "!node:crypto");
const opening: Ban = { ...ban("organization", "**/db/client.ts"), importNames: ["createDatabase"] };
const network = ban("network", "undici");
const effects = [
  "**/store/**",
  "**/db/client.ts",
  "**/deps.ts",
  "**/config/config.ts",
  "**/crypto.ts",
  "**/log.ts",
];
const impure = ban("pure", ...effects, "hono", "hono/*");

/** These reach the room of notifications by its door alone. */
const door = ban("door", "**/notifications/**", "!**/notifications/index.ts");
const callers = ["accounts", "agent-sessions", "sources", "workspaces", "prebuilds"];

const imports = (...patterns: Ban[]): Rules => ({ "no-restricted-imports": ["error", { patterns }] });
const globals = (law: keyof typeof laws, ...names: string[]) =>
  names.map((name) => ({ name, message: say(law) }));
const world = globals("world", "process", "Deno", "fetch", "WebSocket", "Bun");
const ambient = globals("pure", "crypto", "setTimeout", "setInterval", "performance");

/** What Playwright has for waiting for one navigation, or for a time. */
const racy = ["waitForURL", "waitForNavigation", "waitForTimeout", "waitForLoadState"].map((property) => ({
  property,
  message: say("arrival"),
}));

/**
 * Every room that the one on this floor may not import: those above, and its neighbours. The configuration is parsed by the
 * channels' own rules.
 */
function upward(floor: number, room: string): Ban {
  const others = floors.slice(0, floor + 1).flat();
  const banned = others.filter((other) => other !== room).map((other) => `**/${other}/**`);
  const shared = ["!**/rules/**", "!**/notifications/channels/index.ts"];
  return ban("direction", ...banned, ...(room === "config" ? shared : []));
}

function lawsOf(room: string, floor: number): Override[] {
  const up = [upward(floor, room), ...(callers.includes(room) ? [door] : [])];
  const inside = `src/${room}/**`;
  return [
    {
      files: [`${inside}/*.ts`],
      rules: {
        ...imports(drizzle, client, opening, node, network, ...up),
        "no-restricted-globals": ["error", ...world],
      },
    },
    { files: [`${inside}/store/**/*.ts`], rules: imports(client, node, network, ...up) },
    {
      files: [`${inside}/rules/**/*.ts`],
      rules: {
        ...imports(drizzle, client, node, network, ...up, impure),
        "no-restricted-globals": ["error", ...world, ...ambient],
        "no-restricted-properties": [
          "error",
          { object: "Date", property: "now", message: say("clock") },
          { object: "Math", property: "random", message: say("chance") },
        ],
      },
    },
  ];
}

/** A file that may import a room above its own may import whatever is below that. */
const raised: Override[] = Object.entries(exceptions).map(([file, room]) => {
  const above = floors
    .slice(
      0,
      floors.findIndex((floor) => floor.includes(room)),
    )
    .flat();
  const up = ban("direction", ...above.map((other) => `**/${other}/**`));
  return { files: [file], rules: imports(drizzle, client, node, network, up) };
});

const rooms = floors.flatMap((names, floor) => names.map((name) => ({ name, floor })));
const inner = rooms.filter(({ name }) => !programs.includes(name) && !runtimes.includes(name));
const outside = ["**/store/**", "**/db/**", "**/runtime/**", "**/api/**", "**/pages/**", "!**/rules/**"];

const overrides: Override[] = [
  {
    files: ["src/*.ts"],
    rules: {
      ...imports(
        drizzle,
        client,
        node,
        network,
        ban("direction", ...floors[0]!.map((room) => `**/${room}/**`)),
      ),
      "no-restricted-globals": ["error", ...world],
    },
  },
  ...inner.flatMap(({ name, floor }) => lawsOf(name, floor)),
  ...raised,
  {
    files: [`src/{${programs.join(",")}}/**/*.ts`],
    rules: imports(drizzle, client, network, ban("programs", ...outside)),
  },
  { files: ["src/runtime/*.ts"], rules: imports(opening) },
  { files: ["src/cli/admin/**/*.ts"], rules: imports(drizzle, network, opening) },
  // They look at a database, whoever's it is.
  {
    files: ["src/runtime/{organizations,migrate}.ts", "src/cli/admin/examine*.ts"],
    rules: imports(drizzle, network),
  },
  {
    files: ["src/cli/**/*.ts"],
    rules: { "no-restricted-globals": ["error", ...globals("terminal", "process")] },
  },
  { files: ["src/cli/main.ts"], rules: { "no-restricted-globals": "off" } },
  { files: ["db/**/*.ts"], rules: imports(ban("bottom", "**/src/**", "../src/**"), network) },
  // Generated.
  { files: ["src/notifications/kinds/registry.ts"], rules: { "max-lines": "off" } },
  {
    files: ["test/**/*.ts"],
    rules: {
      "max-lines": "off",
      "max-lines-per-function": "off",
      "no-restricted-properties": ["error", ...racy],
    },
  },
];

const lines = (max: number) => ({ max, skipBlankLines: true, skipComments: true });

export const lintConfiguration = {
  $schema: "./node_modules/oxlint/configuration_schema.json",
  plugins: ["typescript", "unicorn", "oxc", "import", "promise"],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  rules: {
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "import/no-unassigned-import": "off",
    "typescript/no-explicit-any": "error",
    "typescript/consistent-type-imports": "error",
    "max-lines": ["error", lines(220)],
    "max-lines-per-function": ["error", { ...lines(60), IIFEs: false }],
    "no-await-in-loop": "off",
    "no-shadow": "off",
    "import/no-named-as-default-member": "off",
    "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    "oxc/no-map-spread": "off",
    "unicorn/consistent-function-scoping": "off",
    "unicorn/prefer-set-has": "off",
    "no-unmodified-loop-condition": "off",
    "unicorn/prefer-add-event-listener": "off",
    eqeqeq: ["error", "always", { null: "ignore" }],
    "no-console": "off",
    "prefer-const": "error",
    "no-var": "error",
    "no-param-reassign": "error",
    "promise/always-return": "off",
    "promise/no-callback-in-promise": "off",
  },
  overrides,
  ignorePatterns: ["node_modules", "dist", "data"],
};

export const lintText = `${JSON.stringify(lintConfiguration, null, 2)}\n`;
