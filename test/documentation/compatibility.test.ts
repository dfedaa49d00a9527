// The table of Coder's things beside ours, held against the program: what it calls there is there, what it calls absent
// is not, and nothing of ours is left out. A page is made of it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type * as z from "zod";
import { loadTemplateFiles } from "../../db/template-files.ts";
import { createApi } from "../../src/api/index.ts";
import { routeGroups } from "../compatibility/absent-routes.ts";
import { answers, newerRoutes } from "../compatibility/answers.ts";
import { coderTypes, ownMembers } from "../compatibility/coder-types.ts";
import { commands, ownCommands } from "../compatibility/commands.ts";
import { enums } from "../compatibility/enums.ts";
import { metrics } from "../compatibility/metrics.ts";
import { queries } from "../compatibility/queries.ts";
import { accountRoutes, notificationRoutes, ownRoutes, serviceRoutes } from "../compatibility/routes.ts";
import { requests } from "../compatibility/requests.ts";
import type { Row } from "../compatibility/row.ts";
import { templates } from "../compatibility/templates.ts";
import { ownVariables, variables } from "../compatibility/variables.ts";
import { elsewhere, ownWorkspaceRoutes, workspaceRoutes } from "../compatibility/workspace-routes.ts";
import { variables as serverVariables } from "../../src/config/config.ts";
import { openApiDocument, routesOf } from "../../src/http/openapi.ts";
import { coderShape, contradictions } from "../support/coder-shapes.ts";
import { coderKinds } from "../support/coder-kinds.ts";
import { cliVariables, listCommands, readDocument } from "../support/documents.ts";

interface OpenApi {
  paths: Record<string, Record<string, { responses: Record<string, Response> }>>;
  components: { schemas: Record<string, unknown> };
}
interface Response {
  content?: Record<string, { schema: Record<string, unknown> }>;
}

const root = new URL("../../", import.meta.url).pathname;

/** All source text but the table's own. */
const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.startsWith("compatibility/"))
  .map((file) => ({ file, text: readFileSync(join(root, "src", file), "utf8") }));
const sourceText = sources.map(({ text }) => text).join("\n");

const all = (rows: readonly Row[], verdict: "there" | "absent") =>
  rows.filter((row) => (row.verdict === "absent") === (verdict === "absent"));
const withoutDoubles = (names: string[]) => expect(names).toEqual([...new Set(names)]);

describe("routes", () => {
  const rows = [...serviceRoutes, ...accountRoutes, ...notificationRoutes, ...workspaceRoutes, ...elsewhere];
  /** Whatever a parameter is called. */
  const shapeOf = (route: string) => route.replaceAll(/\{\w+\}|:\w+(\{[^}]*\})?/g, "{}");
  const ours = routesOf(createApi()).map(({ method, path }) =>
    shapeOf(
      path.startsWith("/api/v2/") ? `${method} ${path.slice("/api/v2".length)}` : `${method} ${path} (root)`,
    ),
  );
  const own = [...ownRoutes, ...ownWorkspaceRoutes].map(({ route }) => shapeOf(route));

  test("that the table has are there", () => {
    const named = [...all(rows, "there").map((row) => shapeOf(row.ours)), ...own];
    expect(named.filter((route) => !ours.includes(route))).toEqual([]);
  });

  test("that the table calls absent are not there", () => {
    const absent = all(rows, "absent").map(({ coder }) => shapeOf(coder));
    expect(absent.filter((route) => ours.includes(route))).toEqual([]);
  });

  test("that are there are all in the table", () => {
    const named = [...all(rows, "there").map((row) => shapeOf(row.ours)), ...own];
    expect(ours.filter((route) => !named.includes(route))).toEqual([]);
  });

  test("are in it once", () => withoutDoubles(rows.map(({ coder }) => coder)));

  const document = openApiDocument(createApi(), "https://belfry.example.com") as unknown as OpenApi;
  const operations = new Map(
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [
        shapeOf(`${method.toUpperCase()} ${path.replace("/api/v2", "")}`),
        operation,
      ]),
    ),
  );
  /** What contradicts Coder's answer in ours to the same route. */
  const problemsOf = (route: string): string[] => {
    const [status, body] = answers[route]!;
    const response = operations.get(shapeOf(route))?.responses[status];
    if (response === undefined) return [`${route}: no answer ${status}`];
    const schema = response.content?.["application/json"]?.schema;
    if (body === "bytes") return [];
    if (body === "nothing") return schema === undefined ? [] : [`${route}: has a body`];
    if (body === "null") return schema?.["type"] === "null" ? [] : [`${route}: is not null`];
    if (schema === undefined) return [`${route}: has no body of JSON`];
    return contradictions(schema, body, document.components.schemas).map((line) => `${route}: ${line}`);
  };
  const compared = rows.filter(({ coder, ours }) => coder === ours && coder in answers);

  test("that the table calls the same or better answer with Coder's status and shape, member by member", () => {
    const claimed = compared.filter(({ verdict }) => verdict === "same" || verdict === "better");
    expect(claimed.length).toBeGreaterThan(60);
    expect(claimed.flatMap(({ coder }) => problemsOf(coder))).toEqual([]);
  });

  test("that are listed as absent by group are absent, each once", () => {
    const plainPath = (path: string) => path.replaceAll(/[{:][\w-]+\}?(\{[^}]*\})?/g, "{}");
    const ours = new Set(
      createApi().routes.map(({ method, path }) => `${method} ${plainPath(path.replace("/api/v2", ""))}`),
    );
    const listed = routeGroups.flatMap(({ absent }) => absent);
    expect(listed.filter((route) => ours.has(plainPath(route)))).toEqual([]);
    expect(new Set(listed).size).toBe(listed.length);
    for (const { total, absent } of routeGroups) expect(absent.length).toBeLessThanOrEqual(total);
  });

  test("are called the same only where there is an answer to hold against", () => {
    const unheld = rows.filter(
      ({ verdict, coder }) => verdict === "same" && !(coder in answers) && !newerRoutes.test(coder),
    );
    expect(unheld.map(({ coder }) => coder)).toEqual([]);
  });

  test("have answers that a shape holds, and no name of a shape is misspelt", () => {
    const bodies = Object.values(answers).map(([, body]) => body);
    for (const body of bodies) if (!["nothing", "bytes", "null"].includes(body)) coderShape(body);
    for (const name of [...Object.keys(coderTypes), ...Object.keys(ownMembers)]) coderShape(name);
  });

  test("would not pass with a member that is missing, misspelt, of another type or null", () => {
    const member = { type: "object", required: ["ID"], properties: { ID: { type: "string" } } };
    expect(contradictions(member, "PresetParameter", {})).toEqual([
      "Name: is missing",
      "Value: is missing",
      "ID: Coder has none",
    ]);
    const named = (Name: object, required = ["Name", "Value"]) => ({
      type: "object",
      required,
      properties: { Name, Value: { type: "string" } },
    });
    expect(contradictions(named({ type: "number" }), "PresetParameter", {})).toEqual(["Name: is no text"]);
    expect(contradictions(named({ type: ["string", "null"] }), "PresetParameter", {})).toEqual([
      "Name: may be null",
    ]);
    expect(contradictions(named({ type: "string" }, ["Value"]), "PresetParameter", {})).toEqual([
      "Name: may be missing",
    ]);
  });
});

describe("commands", () => {
  const ours = listCommands().map(([usage]) => usage.replace(/^((?:[a-z-]+ ?)+).*$/s, "$1").trim());
  const isThere = (command: string) => ours.some((one) => one === command || one.startsWith(`${command} `));
  const named = [
    ...all(commands, "there").map((row) => row.ours),
    ...ownCommands.map(({ command }) => command),
  ];

  test("that the table has are there", () => {
    expect(named.filter((command) => !isThere(command))).toEqual([]);
  });

  test("that the table calls absent are not there", () => {
    // `coder users show, delete` names two.
    const absent = all(commands, "absent").flatMap(({ coder }) => {
      const [first = "", ...others] = coder.replace(/^coder/, "belfry").split(", ");
      const group = first.slice(0, first.lastIndexOf(" "));
      return [first, ...others.map((name) => `${group} ${name}`)];
    });
    expect(absent.filter(isThere)).toEqual([]);
  });

  test("that are there are all in the table", () => {
    const covers = (command: string) => named.some((one) => command === one || command.startsWith(`${one} `));
    expect(ours.filter((command) => !covers(command))).toEqual([]);
  });

  test("are in it once", () => withoutDoubles(commands.map(({ coder }) => coder)));
});

describe("environment variables", () => {
  const ours = [...Object.keys(serverVariables), ...cliVariables()];
  const named = [...all(variables, "there").map((row) => row.ours), ...ownVariables.map(({ name }) => name)];

  test("that the table has are there", () => {
    expect(named.filter((name) => !ours.includes(name))).toEqual([]);
  });

  test("that the table calls absent are not there", () => {
    const absent = all(variables, "absent").map(({ coder }) => coder.replace(/^CODER_/, "BELFRY_"));
    expect(absent.filter((name) => ours.includes(name))).toEqual([]);
  });

  test("that are there are all in the table", () => {
    expect(ours.filter((name) => !named.includes(name))).toEqual([]);
  });

  test("are in it once", () => withoutDoubles(variables.map(({ coder }) => coder)));
});

describe("kinds of notification", () => {
  const idOf = ({ coder }: Row) => /`([0-9a-f-]{36})`/.exec(coder)![1]!;
  const files = loadTemplateFiles();
  /** As `coderKinds` writes them. */
  const shownActions = (actions: readonly { label: string; url: string }[]) =>
    actions.map(({ label, url }) => [
      label.replace("Open Belfry", "Open Coder"),
      url
        .replace("{{ base_url | raw }}", "")
        .replaceAll("{{ user.username }}", "{user}")
        .replaceAll(/\{\{ (?:labels|user)\.(\w+) \}\}/g, "{$1}"),
    ]);

  test("that the table calls absent are not shipped", () => {
    const shipped = new Set(files.map(({ id }) => id));
    expect(
      all(templates, "absent")
        .filter((row) => shipped.has(idOf(row)))
        .map(({ coder }) => coder),
    ).toEqual([]);
  });

  test.each(files.filter(({ id }) => id in coderKinds).map((file) => [file.name, file] as const))(
    "%s has Coder's name, group, labels and first actions",
    (_, { id, name, group, sample, actions }) => {
      const theirs = coderKinds[id]!;
      expect({ name, group }).toEqual({ name: theirs.name, group: theirs.group });
      expect(Object.keys(sample.labels)).toEqual(expect.arrayContaining([...theirs.labels]));
      expect(shownActions(actions).slice(0, theirs.actions.length)).toEqual(theirs.actions);
    },
  );

  test("that the table calls the same have nothing besides, and the same default", () => {
    const same = new Set(templates.filter(({ verdict }) => verdict === "same").map(idOf));
    const ours = files.filter(({ id }) => same.has(id));
    expect(ours.length).toBeGreaterThan(5);
    for (const { id, enabledByDefault, sample, actions } of ours) {
      const theirs = coderKinds[id]!;
      expect(Object.keys(sample.labels).toSorted()).toEqual([...theirs.labels].toSorted());
      expect(shownActions(actions)).toEqual(theirs.actions);
      expect(enabledByDefault).toBe(theirs.enabledByDefault);
    }
  });

  test("of Coder's that are shipped are all held against it", () => {
    const held = templates.filter(({ verdict }) => verdict !== "absent");
    expect(held.map(idOf).toSorted()).toEqual(Object.keys(coderKinds).toSorted());
  });

  test("are in it once", () => withoutDoubles(templates.map(idOf)));
});

describe("metrics", () => {
  const isThere = (name: string) => new RegExp(`["\`]${name}["\`]`).test(sourceText);

  test("that the table has are there", () => {
    expect(all(metrics, "there").flatMap(({ ours }) => (isThere(ours) ? [] : [ours]))).toEqual([]);
  });

  test("that the table calls absent are not there", () => {
    expect(all(metrics, "absent").flatMap(({ coder }) => (isThere(coder) ? [coder] : []))).toEqual([]);
  });

  test("of Coder's name that are there are all in the table", () => {
    const known = new Set(metrics.map(({ coder }) => coder));
    const ours = [...sourceText.matchAll(/["`](coderd_\w+)["`]/g)].map(([, name]) => name!);
    expect(ours.filter((name) => !known.has(name))).toEqual([]);
    expect(ours.length).toBeGreaterThan(3);
  });
});

describe("database queries", () => {
  const functions = new Set(
    sources
      .filter(({ file }) => file.includes("/store/"))
      .flatMap(({ text }) =>
        [...text.matchAll(/^export (?:function|const) (\w+)/gm)].map(([, name]) => name!),
      ),
  );

  test("that the table has are there", () => {
    expect(all(queries, "there").flatMap(({ ours }) => (functions.has(ours) ? [] : [ours]))).toEqual([]);
  });

  test("that the table calls absent are not there, by the same name", () => {
    const sameName = (name: string) => name[0]!.toLowerCase() + name.slice(1);
    expect(
      all(queries, "absent").flatMap(({ coder }) => (functions.has(sameName(coder)) ? [coder] : [])),
    ).toEqual([]);
  });
});

test("each row that is different or better says in what", () => {
  const rows = [
    ...serviceRoutes,
    ...accountRoutes,
    ...notificationRoutes,
    ...workspaceRoutes,
    ...commands,
    ...variables,
    ...templates,
    ...enums,
    ...metrics,
    ...queries,
  ];
  expect(rows.length).toBeGreaterThan(200);
  expect(rows.filter(({ verdict, note }) => verdict !== "same" && note === "")).toEqual([]);
});

describe("members of Coder's requests", () => {
  const all = routesOf(createApi());
  const cases = requests.flatMap(({ name, routes, members }) =>
    routes.flatMap((route) =>
      Object.entries(members).map(([member, what]) => ({ name, route, member, ...what })),
    ),
  );

  test.each(cases)("$name of $route: $member is $outcome", ({ route, member, ...what }) => {
    const [method, path] = route.split(" ");
    const found = all.find((one) => one.method === method && one.path === `/api/v2${path}`);
    const schema = found?.inputs.find(({ target }) => target === "json")?.schema as z.ZodObject | undefined;
    expect(schema, "the route takes JSON").toBeDefined();
    expect(member in schema!.shape).toBe(what.outcome !== "ignored");
    if (what.outcome !== "refused") return;
    const verdict = schema!.safeParse({ [member]: what.example });
    const issue = verdict.error?.issues.find(({ path: [first] }) => first === member);
    expect(issue?.message).toEqual(expect.any(String));
    // What asks for nothing is taken.
    const empty = schema!.safeParse({ [member]: null }).error?.issues ?? [];
    expect(empty.filter(({ path: [first] }) => first === member)).toEqual([]);
  });
});

test("the page and the README begin with what matters most", () => {
  const page = readDocument("reference/coder-compatibility.md").split("\n");
  expect(page[2]).toMatch(/^Belfry stands alone; it needs no coderd\./);
  const [, paragraph = ""] = readFileSync(join(root, "README.md"), "utf8").split("\n\n");
  expect(paragraph.replaceAll("\n", " ")).toContain("stands alone; it needs no coderd");
});
