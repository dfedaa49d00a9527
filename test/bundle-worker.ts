// `npm run build:worker`, which wrangler runs before it deploys or serves: the Worker as one file in dist/.
import { buildWorker } from "./support/bundle.ts";

const { file, size } = await buildWorker(new URL("../dist/", import.meta.url).pathname);
console.log(`${file}: ${size.toFixed(1)} KiB compressed`);
