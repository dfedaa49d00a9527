// Writes the goldens: `node test/payloads/write-goldens.ts`, then `npm run format`. Read what has changed before you commit it.
import { writeFile } from "node:fs/promises";
import { goldenFile, payloadFormats, payloadsOf } from "./cases.ts";

for (const format of payloadFormats)
  await writeFile(goldenFile(format), JSON.stringify(payloadsOf(format), undefined, 2));
