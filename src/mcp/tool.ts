// What a tool gets and gives.
import type { Client } from "../client.ts";

export interface ToolResult {
  [member: string]: unknown;
  content: { type: "text"; text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
}

export interface ToolContext {
  client: Client;
  /** The session that is meant if a call names none. */
  session: string | undefined;
}

export type Arguments = Readonly<Record<string, unknown>>;
/** Arguments go to the API as they are: it names what is wrong with them. */
export type Unchecked = never;

export const say = (text: string): ToolResult => ({ content: [{ type: "text", text }] });
export const refuse = (text: string): ToolResult => ({ ...say(text), isError: true });

/** The key of the session that an agent has named. */
export const keyOf = (name: unknown): string | undefined =>
  typeof name === "string" && name.trim() !== "" ? `mcp/${name.trim()}` : undefined;

export const noSession = refuse("session: missing, give a name for this session of yours");
