// What happens in the demo, in its order; each step waits until the API shows it.
import { setTimeout as sleep } from "node:timers/promises";
import { createClient, type Client } from "../../src/client.ts";
import type { People } from "./people.ts";

export interface Stage {
  url: string;
  people: People;
  /** Milliseconds between two chapters, for whoever watches. */
  pause: number;
  push: () => Promise<number | null>;
  runScript: () => Promise<number | null>;
}

/** The kinds of notifications that are waited for, by their templates' ids. */
const kinds = {
  limit: "414d9331-c1fc-4761-b40c-d1f4702279eb",
  replaced: "89d9745a-816e-4695-a17f-3d0a229e2b8d",
  idle: "d4a6271c-cced-4ed0-84ad-afd02a9c7799",
  custom: "39b1e189-c857-4b0c-877a-511144c18516",
} as const;

/** Milliseconds after which a chapter that doesn't come to its end is a defect. */
const patience = 60_000;

export async function tellStory({ url, people, pause, push, runScript }: Stage): Promise<void> {
  const began = performance.now();
  const say = (line: string) => {
    const seconds = Math.round((performance.now() - began) / 1_000);
    console.log(`  ${String(seconds).padStart(3)} s  ${line}`);
  };
  const ada = createClient({ url, token: people.ada });
  const mia = createClient({ url, token: people.mia });
  const notified = (kind: keyof typeof kinds) => until(() => isNotified(ada, kinds[kind]));

  const pushed = await push();
  if (pushed !== 0) throw new Error(`belfry templates push has ended with ${pushed}`);
  say('ada pushes the template "docker": two presets with two prebuilds each');
  const pools = () => ada.ask((routes) => routes.prebuilds.presets.$get());
  const poolOf = async (preset: string) => (await pools()).find(({ name }) => name === preset)!;
  await until(async () => (await poolOf("small")).eligible === 2);
  say("preset small: two prebuilt workspaces are ready");
  await until(async () => (await poolOf("large")).status === "hard_limited");
  say("preset large: three builds failed, Belfry stops creating prebuilds");
  await notified("limit");
  say("  -> the template admin, ada, is notified");

  await sleep(pause);
  await claim(ada, "parser", "Find out why empty lines break the parser");
  say("ada creates a workspace and claims a prebuilt one; Belfry creates another");
  await notified("replaced");
  say("  -> the claim replaced her volume: ada is notified");
  await claim(mia, "notes", "");
  say("mia claims the other one");

  await notified("idle");
  say("  -> ada's agent waits for an answer: ada is notified");
  await sleep(pause);
  say("ada runs her tests with: belfry run -- npm test");
  await runScript();
  await notified("custom");
  say("  -> they passed: ada is notified");
}

async function claim(client: Client, name: string, prompt: string): Promise<void> {
  const template = await client.ask((routes) =>
    routes.organizations[":organization"].templates[":name"].$get({
      param: { organization: "default", name: "docker" },
    }),
  );
  const presets = await client.ask((routes) =>
    routes.templateversions[":id"].presets.$get({ param: { id: template.active_version_id } }),
  );
  const { latest_build } = await client.ask((routes) =>
    routes.users[":user"].workspaces.$post({
      param: { user: "me" },
      json: {
        name,
        template_id: template.id,
        template_version_preset_id: presets.find((preset) => preset.name === "small")!.id,
        rich_parameter_values: [{ name: "prompt", value: prompt }],
      },
    }),
  );
  if (latest_build.reason !== "prebuild_claim") throw new Error(`"${name}" was not claimed, but made`);
}

async function isNotified(client: Client, kind: string): Promise<boolean> {
  const { notifications } = await client.ask((routes) => routes.notifications.inbox.$get({ query: {} }));
  return notifications.some(({ template_id }) => template_id === kind);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + patience; !(await isSo()); await sleep(200))
    if (performance.now() > end)
      throw new Error(`This took longer than ${patience / 1_000} s: ${isSo.toString()}`);
}
