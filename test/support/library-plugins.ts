// What the Worker's bundle leaves out of libraries: what Belfry never calls, and no bundler can see that. Each throws where a
// new release of its library looks different; the tests that run the Worker show that nothing is missed.
import type { Plugin } from "rolldown";

/** zod's JSON Schema, which every schema drags along: the OpenAPI document is made beforehand. */
export const withoutJsonSchema: Plugin = {
  name: "without-json-schema",
  load: {
    filter: { id: /\/zod\/v4\/core\/(to-json-schema|json-schema-(processors|generator))\.js$/ },
    handler: () =>
      ["createToJSONSchemaMethod", "createStandardJSONSchemaMethod"]
        .map((name) => `export const ${name} = () => undefined;`)
        .concat("export const toJSONSchema = undefined, JSONSchemaGenerator = undefined;")
        .join("\n"),
  },
};

/** zod's formats as methods of `z.string()`, such as `.email()`: Belfry uses `z.uuid()` and its like. */
export const withoutStringFormats = cutting({
  name: "without-string-formats",
  id: /\/zod\/v4\/classic\/schemas\.js$/,
  cuts: [/^ {4}\w+\(params\) \{\n {8}return this\.check\(core\._\w+\(Zod\w+, params\)\);\n {4}\},\n/gm],
});

/** Liquid's tags that include other templates: texts/rules/liquid.ts removes them. */
export const withoutIncludes = cutting({
  name: "without-includes",
  id: /\/liquidjs\/dist\/liquid\.browser\.mjs$/,
  cuts: ["Render", "Include", "Layout", "Block"].map(
    (name) => new RegExp(String.raw`(?<=^class ${name}Tag extends Tag \{\r?\n)[^]*?(?=^\})`, "m"),
  ),
});

/** Of markdown-it what texts/rules/markdown.ts turns off: HTML, images, typography. */
export const withoutUnusedMarkup = cutting({
  name: "without-unused-markup",
  id: /\/markdown-it\/dist\/markdown-it\.mjs$/,
  cuts: ["replace", "smartquotes", "html_block", "html_inline", "image"].map(
    (name) => new RegExp(String.raw`(?<=^function ${name}\([^)]*\) \{\n)[^]*?(?=^\})`, "m"),
  ),
});

/** drizzle's relational queries: statements are written with `query.select()` and SQL. */
export const withoutRelations = cutting({
  name: "without-relations",
  id: /\/drizzle-orm\/sqlite-core\/dialect\.js$/,
  cuts: [/^ {2}buildRelationalQuery\([^]*?^ {2}\}\n/m],
});

export const withoutRelationalBuilder: Plugin = {
  name: "without-relational-builder",
  load: {
    filter: { id: /\/drizzle-orm\/sqlite-core\/query-builders\/query\.js$/ },
    handler: () =>
      ["RelationalQueryBuilder", "SQLiteRelationalQuery", "SQLiteSyncRelationalQuery"]
        .map((name) => `export class ${name} {}`)
        .join("\n"),
  },
};

interface Cutting {
  name: string;
  /** Of the library's file. */
  id: RegExp;
  cuts: readonly RegExp[];
}

function cutting({ name, id, cuts }: Cutting): Plugin {
  return {
    name,
    transform: {
      filter: { id },
      handler: (code) => ({
        code: cuts.reduce((rest, cut) => {
          const left = rest.replace(cut, (found) => found.replaceAll(/[^\n]/g, ""));
          if (left === rest) throw new Error(`${name}: nothing to leave out; has the library changed?`);
          return left;
        }, code),
        map: null,
      }),
    },
  };
}
