// Puts Belfry's hooks into an agent's settings file, and takes exactly them away again.
import type { AgentSettings } from "./agent.ts";
import { addElement, removeElement } from "./json-edit.ts";
import { JsonTextError, memberOf, parseJsonText, toValue, type JsonNode } from "./json-text.ts";

export type SettingsEdit = { ok: true; text: string } | { ok: false; line: number; problem: string };

/** The same text if there is nothing to change. `command` is the hook's, as the shell gets it. */
export const addHooks = (text: string, settings: AgentSettings, command: string): SettingsEdit =>
  edit(text.trim() === "" ? settings.empty : text, (own) =>
    settings.hooks.reduce((current, hook) => addHook(current, settings, hook, command), own),
  );

export const removeHooks = (text: string, command: string): SettingsEdit =>
  edit(text, (own) => {
    let current = own;
    for (let next = removeOne(current, command); next !== undefined; next = removeOne(current, command))
      current = next;
    return current;
  });

function edit(text: string, change: (text: string) => string): SettingsEdit {
  try {
    return { ok: true, text: change(text) };
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    return { ok: false, line: error.line, problem: error.message };
  }
}

type Hook = AgentSettings["hooks"][number];

function addHook(text: string, settings: AgentSettings, { event, matcher }: Hook, command: string): string {
  const root = require(text, parseJsonText(text), "object", "the file");
  const handler = settings.handler(command);
  const group = { ...(matcher === undefined ? {} : { matcher }), hooks: [handler] };
  const entry = settings.isGrouped ? group : handler;
  const hooks = memberOf(root, "hooks");
  if (hooks === undefined) return addElement(text, root, { [event]: [entry] }, "hooks");
  const events = require(text, hooks, "object", "hooks");
  const list = memberOf(events, event);
  if (list === undefined) return addElement(text, events, [entry], event);
  const entries = require(text, list, "list", `hooks.${event}`);
  return entries.items.some((item) => hasCommand(item, command)) ? text : addElement(text, entries, entry);
}

function require<Kind extends "object" | "list">(
  text: string,
  node: JsonNode,
  kind: Kind,
  name: string,
): Extract<JsonNode, { kind: Kind }> {
  if (node.kind === kind) return node as Extract<JsonNode, { kind: Kind }>;
  const wanted = kind === "object" ? "an object" : "a list";
  throw new JsonTextError(text, node.start, `${name} must be ${wanted}`);
}

/** Of a handler, or of one of a group. */
const hasCommand = (item: JsonNode, command: string): boolean => {
  const own = memberOf(item, "command");
  if (own !== undefined) return toValue(own) === command;
  const handlers = memberOf(item, "hooks");
  return handlers?.kind === "list" && handlers.items.some((handler) => hasCommand(handler, command));
};

/** Without one handler, and without what held only that; undefined if there is none. */
function removeOne(text: string, command: string): string | undefined {
  const root = require(text, parseJsonText(text), "object", "the file");
  const path = findCommand(root, ["hooks"], command);
  if (path === undefined) return undefined;
  // The outermost thing that holds nothing else.
  const steps = path.toReversed();
  const depth = steps.findIndex(({ container }) => sizeOf(container) > 1);
  const { container, at } = steps[depth === -1 ? steps.length - 1 : depth]!;
  return removeElement(text, container, at);
}

type Container = Extract<JsonNode, { kind: "object" | "list" }>;
interface Step {
  container: Container;
  at: number;
}

/** A group's matcher doesn't keep it. */
const sizeOf = (container: Container): number =>
  container.kind === "list"
    ? container.items.length
    : container.members.filter(({ name, value }) => name !== "matcher" || value.kind !== "value").length;

/** The steps from the root to a handler with this command; `names`: only in this member. */
function findCommand(
  node: JsonNode,
  names: readonly string[] | undefined,
  command: string,
): Step[] | undefined {
  if (node.kind === "value") return undefined;
  const children =
    node.kind === "list"
      ? node.items.map((value) => ({ name: "", value }))
      : node.members.map(({ name, value }) => ({ name, value }));
  for (const [at, { name, value }] of children.entries()) {
    if (names !== undefined && !names.includes(name)) continue;
    const own = memberOf(value, "command");
    if (own !== undefined && toValue(own) === command) return [{ container: node, at }];
    const inner = findCommand(value, undefined, command);
    if (inner !== undefined) return [{ container: node, at }, ...inner];
  }
  return undefined;
}
