// belfry agent hook: run by an agent at its events. It never stops the agent: it ends with 0 within two seconds, prints nothing
// on standard output, which some agents take as an instruction, and at most one line on standard error.
import { createClient, segment } from "../../client.ts";
import { readReporter } from "../agent-credential.ts";
import type { Context } from "../context.ts";
import { describeError } from "../failure.ts";
import { defineCommand } from "../rules/command.ts";
import { plainLine } from "../rules/text.ts";
import { forgetOld, openMemory } from "./memory.ts";
import { readHook, type Agent } from "./rules/agent.ts";
import { agentNames, findAgent } from "./rules/agents.ts";
import { afterFailure, decide, type Memory, type Report } from "./rules/decide.ts";
import type { HookInput } from "./rules/sign.ts";

/** The start of the program takes a part of the two seconds. */
const maxMs = 1_500;
/** The JSON of a hook holds what a tool has read or written. */
const maxInputBytes = 16 * 1024 * 1024;

/** Something that is worth one line to the person at the terminal. */
class Warning extends Error {}

export const hook = defineCommand({
  name: "hook",
  summary: "Report what an AI agent is doing; run by the hooks of the agent",
  args: "AGENT [JSON]",
  minArgs: 1,
  maxArgs: 2,
  details: [
    `AGENT is ${agentNames.slice(0, -1).join(", ")} or ${agentNames.at(-1)}. Reads the JSON of one hook from standard input,`,
    "or takes it as an argument. It always exits with 0, within two seconds: a hook never stops the agent.",
    "",
    "Install the hooks with: belfry agent install AGENT",
  ],
  examples: ["belfry agent hook claude-code < hook.json"],
  options: {},
  async run(context, { args: [name = "", json] }) {
    const timeout = Promise.withResolvers<never>();
    const timer = setTimeout(() => timeout.reject(new Warning(`no answer within ${maxMs} ms`)), maxMs);
    try {
      const work = handle(context, name, json);
      work.catch(() => {});
      await Promise.race([work, timeout.promise]);
    } catch (error) {
      context.log(`belfry agent hook: ${plainLine(reasonOf(error))}. The agent continues.`);
    } finally {
      clearTimeout(timer);
      context.terminal.stdin.destroy();
    }
  },
});

/** Nothing that happens here is worth stopping the agent for, not even a bug. */
function reasonOf(error: unknown): string {
  if (error instanceof Warning) return error.message;
  try {
    return describeError(error).lines.join(" ").replace(/\.$/, "");
  } catch {
    return error instanceof Error ? error.message : String(error);
  }
}

async function handle(context: Context, name: string, json: string | undefined): Promise<void> {
  const agent = findAgent(name);
  if (agent === undefined)
    throw new Warning(
      `unknown agent "${name}", use ${agentNames.slice(0, -1).join(", ")} or ${agentNames.at(-1)}`,
    );
  const reading = readHook(agent, parse(json ?? (await readInput(context))));
  if (!reading.ok) throw new Warning(reading.problem);
  await report(context, agent, reading.input);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new Warning("the input is not JSON");
  }
}

async function readInput({ terminal: { stdin } }: Context): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    size += (chunk as Buffer).length;
    if (size > maxInputBytes) throw new Warning("the input is too large");
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}

async function report(context: Context, agent: Agent, input: HookInput): Promise<void> {
  const { url, token } = readReporter(context);
  const key = `${agent.name}/${input.session}`;
  const file = openMemory(context.environment, `${url} ${key}`);
  const before = file.read();
  const now = context.now();
  const { report, memory } = decide(before, input, now);
  if (report === undefined) return;
  if (token === undefined)
    throw new Warning("you are not signed in to Belfry, so nothing is reported. Sign in: belfry login");
  if (input.sign.kind === "prompt") forgetOld(context.environment, now);
  await send({ url, token, key }, report).catch((error: unknown) => {
    file.write(afterFailure(before, report, now));
    throw error;
  });
  file.write(memory satisfies Memory | undefined);
}

async function send(
  { url, token, key }: { url: string; token: string; key: string },
  { state, title, message }: Report,
): Promise<void> {
  await createClient({ url, token, timeoutMs: maxMs - 100 }).ask((routes) =>
    routes["agent-sessions"][":key"].$put({
      param: { key: segment(key) },
      json: { state, title, message },
    }),
  );
}
