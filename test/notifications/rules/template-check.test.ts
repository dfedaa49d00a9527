// What is said about a template's text before anybody gets it, without a server.
import { describe, expect, test } from "vitest";
import { loadTemplateFiles } from "../../../db/template-files.ts";
import { checkTemplate, type Payload } from "../../../src/notifications/texts/rules/template-check.ts";

const around = {
  user: { id: "u", name: "Ada", username: "ada", email: "ada@example.com" },
  baseUrl: "https://belfry.example.com",
  templateId: "t",
};
const sample: Payload = {
  from: "the sample",
  labels: { workspace: "api", reason: "out of memory" },
  data: {
    builds: [
      { number: 1, owner: { name: "ada" } },
      { number: 2, owner: null },
    ],
    empty: [],
    count: 2,
  },
};
const later: Payload = { from: "what was sent today", labels: { workspace: "web", host: "n7" }, data: null };

const titleProblems = (title: string, payloads = [sample]) =>
  checkTemplate({ title, body: "", actions: [] }, payloads, around).map(({ field, detail }) => {
    expect(field).toBe("title_template");
    return detail;
  });
const bodyProblems = (body: string, payloads = [sample]) =>
  checkTemplate({ title: "x", body, actions: [] }, payloads, around).map(({ detail }) => detail);
const urlProblems = (url: string, payloads = [sample]) =>
  checkTemplate({ title: "x", body: "", actions: [{ label: "x", url }] }, payloads, around).map(
    ({ detail }) => detail,
  );

test("every text that ships passes with its own sample", () => {
  for (const { title, body, actions, sample: typical, name } of loadTemplateFiles())
    expect(
      checkTemplate({ title, body, actions }, [{ ...typical, from: "the sample" }], around),
      name,
    ).toEqual([]);
});

describe("a name", () => {
  test.each([
    "{{ labels.workspace }}",
    "{{ labels['workspace'] }}",
    "{{ user.name }} {{ user.email }} {{ base_url }} {{ template_id }}",
    "{% for build in data.builds %}{{ build.number }} {{ build.owner.name }} {{ forloop.index }}{% endfor %}",
    "{{ data.builds[0].number }} {{ data.builds.size }} {{ data.builds | map: 'number' | join: ', ' }}",
    "{{ data.builds.first.number }} {{ data.builds | where: 'number', 2 | size }}",
    "{{ labels.workspace.size }} {{ data.count | plus: 1 }}",
    "{% assign w = labels.workspace %}{{ w }} {% capture c %}{{ w }}{% endcapture %}{{ c }}",
    "x{% if labels.reason == blank %}{{ labels.reason }}{% else %}y{% endif %}",
    "x{% raw %}{{ labels.nothing }}{% endraw %}",
    "x{% for build in data.builds limit: 1 %}{{ build.number }}{% endfor %}{% for build in data.builds offset: continue %}{{ build.number }}{% endfor %}",
    "x{% increment n %}{{ n }}{% cycle labels.workspace, 'b' %}",
  ])("that is there is fine: %s", (title) => {
    expect(titleProblems(title)).toEqual([]);
  });

  test.each([
    ["{{ labels.workspce }}", "labels.workspce", "labels.reason, labels.workspace"],
    ["x{% if labels.count > 3 %}y{% endif %}", "labels.count", "labels.reason, labels.workspace"],
    ["x{% if false %}{{ labels.never }}{% endif %}", "labels.never", "labels.reason, labels.workspace"],
    [
      "x{% for build in data.builds %}{{ build.nmae }}{% endfor %}",
      "data.builds[].nmae",
      "data.builds[].number, data.builds[].owner",
    ],
    ["x{{ data.builds[1].nope }}", "data.builds[].nope", "data.builds[].number, data.builds[].owner"],
    [
      "x{{ data.builds | map: 'nubmer' | join }}",
      "data.builds[].nubmer",
      "data.builds[].number, data.builds[].owner",
    ],
    [
      "x{% for b in data.builds %}{{ b.owner.nick }}{% endfor %}",
      "data.builds[].owner.nick",
      "data.builds[].owner.name",
    ],
    ["x{{ data.bilds }}", "data.bilds", "data.builds, data.count, data.empty"],
    ["x{{ labels.workspace.name }}", "labels.workspace.name", ""],
  ])("that is nowhere is reported, with those that exist: %s", (title, name, known) => {
    expect(titleProblems(title)).toEqual([
      `unknown variable ${name} in the sample${known === "" ? "" : `; available: ${known}`}`,
    ]);
  });

  test("that begins with an unknown name is reported with the known names", () => {
    expect(titleProblems("x{{ lables.workspace }}{{ owner }}")).toEqual([
      "unknown variable lables: a text can use labels, data, user, base_url and template_id",
      "unknown variable owner: a text can use labels, data, user, base_url and template_id",
    ]);
    expect(titleProblems("x{{ user.nick }}")).toEqual([
      "unknown variable user.nick; available: user.email, user.id, user.name, user.username",
    ]);
  });

  test("that only one of the payloads has is enough", () => {
    expect(
      titleProblems("x {{ labels.host }} {{ labels.reason }} {{ data.count }}", [sample, later]),
    ).toEqual([]);
    expect(titleProblems("x {{ labels.hots }}", [sample, later])).toEqual([
      "unknown variable labels.hots in the sample or any recent payload; available: labels.host, labels.reason, labels.workspace",
    ]);
  });

  test("that a label's value makes up is not a name of the template", () => {
    expect(titleProblems("x{{ data[labels.workspace].y }}")).toHaveLength(1);
    expect(titleProblems("x{{ data[labels.workspac] }}")).toContain(
      "unknown variable labels.workspac in the sample; available: labels.reason, labels.workspace",
    );
    const odd: Payload = { from: "the sample", labels: { __proto__: "x", constructor: "y" }, data: null };
    expect(titleProblems("x{{ labels.toString }}{{ labels.constructor }}", [odd])).toEqual([
      "unknown variable labels.toString in the sample; available: labels.constructor",
    ]);
  });
});

describe("Liquid", () => {
  test.each([
    ["a\n{{ labels.workspace", 'line 2, column 1: output "{{ labels.workspace" not closed'],
    ["{% if labels.workspace %}", "line 1, column 1: tag {% if labels.workspace %} not closed"],
    ["{% render 'x' %}", 'line 1, column 1: tag "render" not found'],
    ["{{ labels.workspace | shout }}", "line 1, column 1: undefined filter: shout"],
  ])("that doesn't parse is reported with its position: %s", (body, words) => {
    expect(bodyProblems(body)).toEqual([words]);
  });

  test("that takes too long or too much is stopped, once", () => {
    const began = performance.now();
    for (const body of [
      "{% for a in (1..1000000) %}{% for b in (1..1000) %}x{% endfor %}{% endfor %}",
      "{% assign s = 'xxxxxxxxxx' %}{% for a in (1..30) %}{% assign s = s | append: s %}{% endfor %}{{ s }}",
    ]) {
      const [words, ...others] = bodyProblems(body, [sample, later, later]);
      expect(words).toMatch(/limit exceeded.*, with the sample$/);
      expect(others).toEqual([]);
    }
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  const repeated = (times: number, text: string) => text.repeat(times);
  test.each([
    ["a filter for each of many items", "{{ (1..200000) | where: 'a' | map: 'b' | concat: labels }}"],
    ["a range", "{% assign all = (1..2000000) %}"],
    ["many filters", `{{ (1..4000) ${repeated(1_000, "| map: 'a'")} }}`],
    [
      "a filter that charges nothing",
      `{{ (1..40000) | find: 'a', 1 }}${repeated(300, "{{ (1..2000) | find: 'a', 1 }}")}`,
    ],
    ["an expression for each of many items", "{{ (1..3000) | where_exp: 'x', '(1..3000) contains x' }}"],
    [
      "expressions within expressions",
      `{% assign a = (1..900) %}{{ a | where_exp: "x", "a | where_exp: 'y', 'y' | size" }}`,
    ],
    [
      "comparisons",
      `{% assign a = (1..40000) %}{% if ${repeated(900, "a contains 0 or ")} false %}{% endif %}`,
    ],
    [
      "equal lists",
      `{% assign a = (1..9000) %}{% for i in (1..9000) %}{% if a == a %}{% endif %}{% endfor %}`,
    ],
    ["much output", `{% for i in (1..40000) %}${repeated(1_000, "much")}{% endfor %}`],
    [
      "much that is kept",
      `{% for i in (1..40000) %}{% capture a %}${repeated(1_000, "much")}{% endcapture %}{% endfor %}`,
    ],
    [
      "a list that doubles",
      "{% assign a = (1..9) %}{% for i in (1..30) %}{% assign a = a | concat: a %}{% endfor %}",
    ],
    [
      "a text that doubles",
      "{% assign a = '123456789' %}{% for i in (1..30) %}{% assign a = a | append: a %}{% endfor %}",
    ],
    [
      "replacements",
      "{% assign a = 'aaaaaaaaaa' %}{% for i in (1..9) %}{% assign a = a | replace: 'a', 'aaaaaaaaaa' %}{% endfor %}",
    ],
    ["padding", "{{ 'now' | date: '%99999999d' }}"],
    ["sorting", `{% for i in (1..500) %}{% assign a = (1..9000) | reverse | sort %}{% endfor %}`],
    ["rows", "{% tablerow i in (1..100000) cols: 2 %}{{ i }}{% endtablerow %}"],
  ])("is stopped within filters, comparisons and output, too: %s", (_, body) => {
    // Of the processor, not of the clock: other tests run beside this one.
    const began = process.cpuUsage();
    expect(bodyProblems(body)).toEqual([expect.stringMatching(/limit exceeded.*with the sample$/)]);
    expect(process.cpuUsage(began).user / 1_000).toBeLessThan(1_500);
  });

  test("may be long, and go through what was sent", () => {
    const data = {
      resources: Array.from({ length: 500 }, (_, at) => ({ address: `aws_instance.dev[${at}]` })),
    };
    const long: Payload = { from: "what was sent today", labels: { workspace: "x".repeat(2_000) }, data };
    const body =
      "{% for r in data.resources limit: 100 %}- {{ r.address }}\n{% endfor %}" +
      "{{ data.resources | map: 'address' | sort | uniq | join: ', ' | truncate: 900 }}" +
      repeated(40, "{{ labels.workspace | upcase | truncate: 20 }}");
    expect(bodyProblems(body, [long])).toEqual([]);
  });
});

describe("a link", () => {
  test.each([
    "https://example.com/a?b=c#d",
    "http://localhost:3000",
    "/inbox",
    "{{ base_url | raw }}/workspaces/{{ labels.reason }}",
    "{% if labels.reason %}/a{% else %}/b{% endif %}",
  ])("to the web or to a page of ours is fine: %s", (url) => {
    expect(urlProblems(url)).toEqual([]);
  });

  test.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "//evil.example/x",
    "/\\evil.example",
    "example.com",
    "https://",
    "ftp://example.com",
    "mailto:a@example.com",
    "{{ base_url }}/x",
    "{% if labels.reason == 'out of memory' %}javascript:x{% else %}/b{% endif %}",
  ])("to anywhere else is refused: %s", (url) => {
    expect(urlProblems(url)).toEqual([
      expect.stringMatching(/^".*" with the sample is not a valid link: it must begin with/),
    ]);
  });

  test("of text is checked as well, unless it came with the payload", () => {
    expect(bodyProblems("[a](https://a.example) <mailto:a@b.example> [b](/inbox) c@d.example")).toEqual([]);
    expect(bodyProblems("see [a](javascript:alert(1))")).toEqual([
      expect.stringMatching(/^javascript:alert\(1\) is not a valid link/),
    ]);
    const theirs: Payload = {
      from: "the sample",
      labels: { text: "[a](ftp://b/c)" },
      data: { deep: ["[x](gopher://y)"] },
    };
    expect(bodyProblems("{{ labels.text | raw }} {{ data.deep[0] | raw }}", [theirs])).toEqual([]);
    expect(bodyProblems("{{ labels.text | raw }} [d](ftp://e)", [theirs])).toHaveLength(1);
  });
});

test("no more than ten buttons, and each has words and a target of bounded length", () => {
  const actions = Array.from({ length: 11 }, () => ({ label: "x", url: "/x" }));
  expect(checkTemplate({ title: "x", body: "", actions }, [sample], around)).toEqual([
    { field: "actions", detail: "11 actions, at most 10 allowed" },
  ]);
  const odd = [
    { label: " ", url: "" },
    { label: "{{ labels.workspace }}", url: `/${"x".repeat(2_000)}` },
  ];
  expect(checkTemplate({ title: "x", body: "", actions: odd }, [sample], around)).toEqual([
    { field: "actions.0.label", detail: "must not be empty" },
    { field: "actions.0.url", detail: "must not be empty" },
    { field: "actions.1.url", detail: "2001 bytes, at most 2000 allowed" },
  ]);
});

test("a text that is too long only with a payload, and a long link, are shortened in the message", () => {
  const long: Payload = { ...sample, labels: { ...sample.labels, workspace: "a".repeat(2_001) } };
  expect(titleProblems("{{ labels.workspace }}", [long])).toEqual([
    "2001 bytes with the sample, at most 2000 allowed",
  ]);
  expect(urlProblems(`ftp://${"a".repeat(300)}`)).toEqual([
    expect.stringMatching(/^"ftp:\/\/a{194}…" with the sample is not a valid link/),
  ]);
});

test("an index of what is no list is unknown", () => {
  expect(bodyProblems("{{ data.count[0] }}")).toEqual([
    expect.stringMatching(/^unknown variable data\.count\[\]/),
  ]);
});
