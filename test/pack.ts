// `npm run pack`: one tarball in dist/, which `npm install` puts onto a machine that has Node and nothing else.
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { mkdir } from "node:fs/promises";
import { pack } from "./support/package.ts";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
await mkdir(dist, { recursive: true });
const tarball = await pack(dist);
const { size } = await stat(tarball);
console.log(`${tarball} (${(size / 1e6).toFixed(1)} MB)`);
console.log(`npm install --global ${tarball} && belfry serve`);
