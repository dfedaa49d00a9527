// The order of modules in the Worker's bundle. Compression looks for what is alike in the last 32 KiB: with stores next to
// stores and pages next to pages, the bundle is 2 % smaller.
import type { Plugin } from "rolldown";

const kinds = [/node_modules/, /\/db\//, /\/store\//, /\/rules\//, /\/src\/(?!api|pages)/, /\/src\/api\//];

/** Paths of modules, those of a kind next to each other. */
export function byLikeness(paths: readonly string[]): string[] {
  const kindOf = (path: string) => {
    const kind = kinds.findIndex((pattern) => pattern.test(path));
    return kind === -1 ? kinds.length : kind;
  };
  return paths
    .filter((path) => path.startsWith("/"))
    .toSorted((a, b) => kindOf(a) - kindOf(b) || (a < b ? -1 : 1));
}

const name = "worker-entry";

/** A module that imports others before the one that it stands for; what these don't need of each other keeps the order. */
export const entry = {
  name,
  importing: (main: string, first: readonly string[]): Plugin => ({
    name,
    resolveId: (id) => (id === name ? id : null),
    load: (id) =>
      id === name
        ? [
            ...first.map((path) => `import ${JSON.stringify(path)};`),
            `export * from ${JSON.stringify(main)};`,
            `export { default } from ${JSON.stringify(main)};`,
          ].join("\n")
        : null,
  }),
};
