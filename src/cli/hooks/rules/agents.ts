// The agents whose hooks Belfry reads and installs.
import type { Agent } from "./agent.ts";
import { claudeCode } from "./claude-code.ts";
import { codex } from "./codex.ts";
import { cursor } from "./cursor.ts";
import { geminiCli } from "./gemini-cli.ts";

export const agents: readonly Agent[] = [claudeCode, codex, geminiCli, cursor];
export const agentNames = agents.map(({ name }) => name);

export const findAgent = (name: string): Agent | undefined => agents.find((agent) => agent.name === name);
