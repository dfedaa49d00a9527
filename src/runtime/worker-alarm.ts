// The alarm on Workers: a Durable Object that goes on with deliveries between two triggers of the cron, for what one invocation
// leaves, for retries, and for notices that are delayed by less than a minute.
import type { Deps, Process } from "../kernel/deps.ts";
import { runAlarm } from "../notifications/delivery/wake.ts";
import type { ObjectNamespace } from "./worker-inbox.ts";

/** Cloudflare's storage of an object; an object has one alarm at most. */
export interface AlarmStorage {
  getAlarm: () => Promise<number | null>;
  setAlarm: (at: number) => Promise<void>;
}

const objectName = "delivery";
const address = "https://alarm.invalid/?at=";

/** The Worker's side; null without the object. */
export function createRemoteAlarm(
  objects: ObjectNamespace | undefined,
  defer: Deps["defer"],
): Process["alarm"] {
  if (objects === undefined) return null;
  let asked = Infinity;
  return (at) => {
    if (at >= asked) return;
    asked = at;
    defer(() => objects.get(objects.idFromName(objectName)).fetch(address + at));
  };
}

/** The object's side: the earliest time that was asked for counts. */
export async function serveAlarm(storage: AlarmStorage, { url }: Request): Promise<Response> {
  await setEarlier(storage, Number(new URL(url).searchParams.get("at")));
  return new Response(null, { status: 204 });
}

/** Once it is time. What fails is left to the cron. */
export async function soundAlarm(storage: AlarmStorage, deps: Deps, until: number): Promise<void> {
  let next = Infinity;
  const alarm = (at: number) => void (next = Math.min(next, at));
  try {
    await runAlarm({ ...deps, process: { ...deps.process, alarm } }, until);
  } catch (error) {
    deps.log.error("deliveries between two runs failed", { reason: String(error) });
  }
  await deps.process.mail?.close();
  if (next < Infinity) await setEarlier(storage, next);
}

async function setEarlier(storage: AlarmStorage, at: number): Promise<void> {
  const present = await storage.getAlarm();
  if (present === null || at < present) await storage.setAlarm(at);
}
