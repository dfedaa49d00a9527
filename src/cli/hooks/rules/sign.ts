// What a hook's input says, in the same words for every agent.

export type Sign =
  /** A person has sent a prompt: the agent works. */
  | { kind: "prompt"; text: string }
  /** The agent has used a tool; `by` is the sub-agent that did. */
  | { kind: "tool"; by?: string }
  /** It asks for a permission or for an answer. `isGeneric`: the text doesn't say what for. */
  | { kind: "asks"; text: string; by?: string; isGeneric?: true }
  /** It has had nothing to do for a while. */
  | { kind: "idle"; text: string }
  /** Its turn is over. */
  | { kind: "stopped"; text: string }
  | { kind: "failed"; text: string }
  /** Its program has ended. */
  | { kind: "ended" }
  /** Nothing that a report would say. */
  | { kind: "nothing" };

export interface HookInput {
  /** The agent's id of the session. */
  session: string;
  /** Where it works; the agent's name if that isn't known. */
  folder: string;
  sign: Sign;
}

export type HookReading = { ok: true; input: HookInput } | { ok: false; problem: string };

export type EventReader = (payload: Payload) => Sign;

/** The parts of an agent's JSON, of which nothing is certain. */
export interface Payload {
  text: (name: string) => string;
  part: (name: string) => Payload;
  parts: (name: string) => Payload[];
  firstText: (name: string) => string;
}

export function toPayload(value: unknown): Payload {
  const members = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const at = (name: string) => (Object.hasOwn(members, name) ? members[name] : undefined);
  const list = (name: string): readonly unknown[] => {
    const value = at(name);
    return Array.isArray(value) ? value : [];
  };
  return {
    text: (name) => toText(at(name)),
    part: (name) => toPayload(at(name)),
    parts: (name) => list(name).map(toPayload),
    firstText: (name) => toText(list(name)[0]),
  };
}

const toText = (value: unknown): string => (typeof value === "string" ? value.trim() : "");

/** The id of the sub-agent that an event is from, as the member of a sign. */
export function fromSubAgent(payload: Payload): { by?: string } {
  const by = payload.text("agent_id");
  return by === "" ? {} : { by };
}

/** What starts a turn. That of a sub-agent comes from the agent, and is no prompt of a person. */
export const prompted: EventReader = (payload) =>
  payload.text("agent_id") === ""
    ? { kind: "prompt", text: payload.text("prompt") }
    : { kind: "tool", ...fromSubAgent(payload) };

/** What a tool is to be allowed to do: `Bash: npm test`. */
export function describeTool(payload: Payload): string {
  const tool = payload.text("tool_name");
  const input = payload.part("tool_input");
  const subject = ["command", "file_path", "path", "url", "query", "description"]
    .map((name) => input.text(name))
    .find((text) => text !== "");
  return subject === undefined ? tool : `${tool}: ${subject}`;
}
