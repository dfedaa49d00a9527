// Writes the goldens: `node test/payloads/write-goldens.ts`, then `npm run format`. Read what has changed before you commit it.
import { writeFile } from "node:fs/promises";
import type { ReceiverFormat } from "../../db/schema.ts";
import { payloadFormats, payloadsOf } from "./cases.ts";

/** What the product publishes of its payloads, as a type. */
const types: Partial<Record<ReceiverFormat, { imports: string; type: string }>> = {
  slack: {
    imports: 'import type { KnownBlock } from "@slack/types";',
    type: "{ text: string; blocks: KnownBlock[] }",
  },
  discord: {
    imports: 'import type { RESTPostAPIWebhookWithTokenJSONBody } from "discord-api-types/v10";',
    type: "RESTPostAPIWebhookWithTokenJSONBody",
  },
  pagerduty: {
    imports: 'import type { PagerDutyEvent } from "../pagerduty.ts";',
    type: "PagerDutyEvent",
  },
};

for (const format of payloadFormats) {
  const { imports = "", type = "unknown" } = types[format] ?? {};
  const text = `// What a receiver of the format ${format} is sent.\n${imports}\n\nexport const payloads: Record<string, ${type}> = ${JSON.stringify(payloadsOf(format), undefined, 2)};\n`;
  await writeFile(new URL(`./goldens/${format}.ts`, import.meta.url), text);
}
