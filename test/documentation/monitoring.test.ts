// The dashboard and the alert rules of the docs: they can be downloaded, and use only metrics that the page of metrics has, which
// are those of `/metrics` (test/runtime/metrics.test.ts).
import { describe, expect, test } from "vitest";
import { alertsOf } from "../support/prometheus.ts";
import { readDocument } from "../support/documents.ts";
import { startTestServer } from "../support/server.ts";

const folder = "administration/monitoring";
const page = readDocument(`${folder}/alerts.md`);
const rules = readDocument(`${folder}/belfry-alerts.yaml`);
const dashboard = JSON.parse(readDocument(`${folder}/belfry-dashboard.json`)) as Dashboard;

interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; legendFormat: string }[];
}
interface Dashboard {
  uid: string;
  panels: Panel[];
  templating: { list: { name: string; definition?: string }[] };
}

/** By name, the labels that the page's table has: undefined if they are those of a row before. */
const documented = new Map(
  page.split("\n").flatMap((line) => {
    const [, names, type] = /^\| (`.*`) +\| (counter|gauge|histogram) +\|/.exec(line) ?? [];
    return [...(names ?? "").matchAll(/`(\w+)(?:\{(.*?)\})?`/g)].map(
      ([, name, labels]) => [name!, { type: type!, labels: labels?.split(",") ?? [] }] as const,
    );
  }),
);

const namesIn = (expression: string) => [
  ...new Set(expression.match(/\b(?:belfry|coderd|process|nodejs)_\w+/g) ?? []),
];
const isThere = (name: string) =>
  documented.has(name) || documented.get(name.replace(/_(bucket|count|sum)$/, ""))?.type === "histogram";

const expressions = [
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...dashboard.templating.list.flatMap(({ definition }) => definition ?? []),
];

describe("the dashboard", () => {
  test("uses metrics that there are", () => {
    expect(documented.size).toBeGreaterThan(35);
    expect(expressions.flatMap(namesIn).filter((name) => !isThere(name))).toEqual([]);
    expect(expressions.filter((expression) => namesIn(expression).length === 0)).toEqual([]);
  });

  test("selects and groups by labels that its metrics have", () => {
    const wrong = expressions.flatMap((expression) => {
      const labels = new Set(
        namesIn(expression).flatMap((name) => {
          const own = documented.get(name) ?? documented.get(name.replace(/_(bucket|count|sum)$/, ""))!;
          // A row that ends in an ellipsis has those of the row before.
          return own.labels.includes("…")
            ? ["organization_name", "template_name", "preset_name"]
            : own.labels;
        }),
      );
      const given = ["job", "instance", "le"];
      const selected = [...expression.matchAll(/(\w+)(?:=~|!=|=)"/g)].map(([, label]) => label!);
      const grouped = [...expression.matchAll(/\b(?:by|without) \((.*?)\)/g)].flatMap(([, list]) =>
        list!.split(", "),
      );
      return [...selected, ...grouped].flatMap((label) =>
        labels.has(label) || given.includes(label) ? [] : [{ expression, label }],
      );
    });
    expect(wrong).toEqual([]);
  });

  test("has panels beside one another, each with its own id and a title", () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(panels.filter(({ title }) => title === "")).toEqual([]);
    const taken = new Set<string>();
    for (const { gridPos } of panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.has(`${x} ${y}`)).toBe(false);
          taken.add(`${x} ${y}`);
        }
      }
    }
  });
});

test("the alert rules use metrics that there are, and each has a section about what to do", () => {
  const alerts = alertsOf(page);
  expect(alerts.length).toBeGreaterThan(8);
  expect(alertsOf(`\`\`\`yaml\n${rules}\`\`\``)).toEqual(alerts);
  expect(alerts.flatMap(({ expression }) => namesIn(expression)).filter((name) => !isThere(name))).toEqual(
    [],
  );
  expect(alerts.filter(({ name }) => !page.includes(`\n### ${name}\n`))).toEqual([]);
});

test.each(["belfry-dashboard.json", "belfry-alerts.yaml"])("%s can be downloaded", async (file) => {
  const server = await startTestServer();
  const answer = await server.call("GET", `/docs/${folder}/${file}` as "/docs");
  expect([answer.status, answer.text]).toEqual([200, readDocument(`${folder}/${file}`)]);
  expect((await server.call("GET", "/docs/openapi.json" as "/docs")).status).toBe(404);
});
