// The machines of the demo: for each one that a build asks for, its agent reports as Coder's does. What it says depends
// on whether it was given something to do.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

interface Machine {
  workspace: string;
  build: string;
  /** Null: it is switched off. */
  token: string | null;
  prompt: string;
}

export interface Machines {
  /** Where builds ask. */
  url: string;
  stop: () => void;
}

export interface World {
  /** Belfry's address. */
  server: string;
  /** A machine is switched on when its build is through: until then its token is that of what was there before. */
  isBuilt: (build: string) => Promise<boolean>;
  /** Milliseconds. */
  boot: number;
  work: number;
}

export async function startMachines(world: World): Promise<Machines> {
  const running = new Map<string, AbortController>();
  const end = (workspace: string) => running.get(workspace)?.abort();
  const listener = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const machine = JSON.parse(body) as Machine;
      end(machine.workspace);
      if (machine.token !== null) {
        const over = new AbortController();
        running.set(machine.workspace, over);
        const agent = agentOf(world.server, machine.token, over.signal);
        void live(agent, machine, world).catch((error: unknown) => {
          if (!over.signal.aborted) throw error;
        });
      }
      response.end();
    });
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`,
    stop: () => {
      for (const workspace of running.keys()) end(workspace);
      listener.close();
    },
  };
}

interface Agent {
  lifecycle: (state: string) => Promise<void>;
  status: (state: string, message: string) => Promise<void>;
  wait: (milliseconds: number) => Promise<void>;
}

async function live(agent: Agent, { build, prompt }: Machine, world: World): Promise<void> {
  while (!(await world.isBuilt(build))) await agent.wait(100);
  await agent.lifecycle("starting");
  await agent.wait(world.boot);
  await agent.lifecycle("ready");
  if (prompt === "") return;
  await agent.status("working", `Reading: ${prompt}`);
  await agent.wait(world.work);
  await agent.status("working", "Writing the test that fails");
  await agent.wait(world.work);
  await agent.status("idle", "The test is green. Shall I open a pull request?");
}

function agentOf(server: string, token: string, over: AbortSignal): Agent {
  const wait = (milliseconds: number) => pause(milliseconds, undefined, { signal: over });
  async function report(method: string, path: string, json: unknown): Promise<void> {
    const answer = await fetch(`${server}/api/v2/workspaceagents/me/${path}`, {
      method,
      headers: { "content-type": "application/json", "coder-session-token": token },
      body: JSON.stringify(json),
      signal: over,
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }
  return {
    wait,
    lifecycle: (state) => report("POST", "report-lifecycle", { state }),
    status: (state, message) => report("PATCH", "app-status", { app_slug: "agent", state, message, uri: "" }),
  };
}
