// What Belfry knows of an agent: its hook events, and the file in which its hooks are set.
import { toPayload, type EventReader, type HookReading, type Payload } from "./sign.ts";

export interface Agent {
  name: string;
  label: string;
  events: Record<string, EventReader>;
  /** Events that it has and that say nothing about its state. */
  ignored: readonly string[];
  session: (payload: Payload) => string;
  folder: (payload: Payload) => string;
  settings: AgentSettings;
}

export interface SettingsPlace {
  /** The environment variable that names another folder than the one in the home folder. */
  variable?: string;
  folder: string;
  file: string;
}

export interface AgentSettings {
  user: SettingsPlace;
  project: SettingsPlace;
  /** The file, if there is none. */
  empty: string;
  hooks: readonly { event: string; matcher?: string }[];
  handler: (command: string) => Record<string, unknown>;
  /** Whether an event has a list of matchers with a list of handlers each; otherwise it has a list of handlers. */
  isGrouped: boolean;
  /** What is left to do for a person. */
  next: string;
}

/** Longer ids make a key that Belfry refuses. */
const maxSessionLength = 150;

/** `payload`: the JSON of one hook. */
export function readHook(agent: Agent, value: unknown): HookReading {
  const payload = toPayload(value);
  const event = payload.text("hook_event_name") || payload.text("type");
  const session = agent.session(payload);
  if (event === "") return { ok: false, problem: `no event of ${agent.label}: hook_event_name is missing` };
  if (session === "" || session.length > maxSessionLength)
    return { ok: false, problem: `${event} of ${agent.label}: the session's id is missing or too long` };
  const read = Object.hasOwn(agent.events, event) ? agent.events[event] : undefined;
  if (read === undefined && !agent.ignored.includes(event))
    return { ok: false, problem: `${event}: unknown event of ${agent.label}` };
  const sign = read?.(payload) ?? ({ kind: "nothing" } as const);
  return { ok: true, input: { session, folder: agent.folder(payload) || agent.label, sign } };
}
