// Bundles the server and the command line for Node: for the package, and for a quick start from the sources. Run as a
// program, with a folder: writes bundles of the sources as they are now, with source maps, into it.
import { readFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** What bundles import when they run: it has a native part. */
export const native = "libsql";

export interface BundleOptions {
  folder: string;
  /** Whether the bundles stay on this machine: then they find what is beside the sources where it is, and have source maps. */
  isLocal: boolean;
}

/** Writes `server.js`, `cli.js` and what they share. */
export async function bundle({ folder, isLocal }: BundleOptions): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: { server: "src/runtime/node.ts", cli: "src/cli/main.ts" },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22.18",
    external: [native],
    // Stack traces are to be read; names and lines stay.
    minifySyntax: true,
    // With a source map they stay all the same; Node prints the line of an uncaught error.
    minifyWhitespace: isLocal,
    lineLimit: 120,
    sourcemap: isLocal,
    sourcesContent: false,
    legalComments: isLocal ? "none" : "eof",
    // Packages in CommonJS load Node's own modules so.
    banner: {
      js: 'import { createRequire as createPackageRequire } from "node:module"; const require = createPackageRequire(import.meta.url);',
    },
    plugins: [keepPlaces(isLocal ? localPlace : packedPlace)],
    logLevel: "error",
  });
}

const localPlace = (path: string) => JSON.stringify(pathToFileURL(path).href);
/** As if the source were where it is in the repository, with the package's folder as its root. */
const packedPlace = (path: string) =>
  `new URL(${JSON.stringify(`./${relative(root, path)}`)}, import.meta.url).href`;

/** Replaces `import.meta.url`, by which sources find files beside them. */
const keepPlaces = (placeOf: (path: string) => string): Plugin => ({
  name: "places of sources",
  setup(builder) {
    builder.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (path.includes("node_modules")) return undefined;
      const source = await readFile(path, "utf8");
      const contents = source.replaceAll("import.meta.url", placeOf(path));
      return { contents, loader: "ts", resolveDir: dirname(path) };
    });
  },
});

const [, program, folder] = process.argv;
if (program === fileURLToPath(import.meta.url) && folder !== undefined)
  await bundle({ folder, isLocal: true });
