// A stand-in for Belfry as provisioners see it: a queue, leases that the test ends, answers that the test loses. It
// holds provisioners to the rules: writes without a lease are 409, the same acquisition gets the same job.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync, gzipSync } from "node:zlib";
import { onTestFinished } from "vitest";
import type { Completion } from "../../src/provisioner/rules/completion.ts";
import type { ReducedPlan } from "../../src/provisioner/rules/terraform.ts";

export const provisionerKey = "Ab3dE6gH9j-0123456789abcdefghijkl";

export interface Line {
  id: string;
  level: string;
  source: string;
  stage: string;
  output: string;
  created_at: string;
}

export interface StandInJob {
  id: string;
  status: "pending" | "running" | "canceling" | "succeeded" | "failed" | "canceled";
  acquireId: string | undefined;
  by: string[];
  releases: number;
  beats: number;
  lines: Line[];
  plan: Partial<ReducedPlan> | undefined;
  completion: Completion | undefined;
  error: string | undefined;
  errorCode?: unknown;
  /** What was put, unpacked, in order; and what the job began with. */
  states: string[];
  given: Buffer | undefined;
  payload: Record<string, unknown>;
  /** As it was put, in order of arrival: `state`, `logs`, `plan`, `complete`, `fail`. */
  writes: string[];
}

export interface JobServer {
  url: string;
  key: string;
  jobs: StandInJob[];
  /** Requests of which the answer was lost on purpose. */
  lost: string[];
  queue: (payload?: Record<string, unknown>, state?: string) => StandInJob;
  addFile: (id: string, content: Uint8Array) => void;
  /** Resolves once this is true; looked at after each request. */
  until: (what: () => boolean) => Promise<void>;
  cancel: (job: StandInJob) => void;
  /** The lease runs out now. */
  expire: (job: StandInJob) => void;
  /** From now on, the first answer to each different request is lost after the work is done. */
  loseFirstAnswers: () => void;
  /** The next acquisition is made, but its answer is never sent. */
  holdAcquisition: () => void;
  /** While it is away, connections are cut before anything is done. */
  away: boolean;
  /** Overrides an answer. */
  refuse: (rule: (method: string, path: string) => { status: number; message: string } | undefined) => void;
}

export const ended = ({ status }: StandInJob): boolean => /^(succeeded|failed|canceled)$/.test(status);

export async function startJobServer(): Promise<JobServer> {
  const jobs: StandInJob[] = [];
  const files = new Map<string, Uint8Array>();
  const watchers = new Set<() => void>();
  const waiting = new Set<() => void>();
  const seen = new Set<string>();
  let losing = false;
  let holding = false;
  let refusal: Parameters<JobServer["refuse"]>[0] = () => undefined;
  const changed = () => {
    for (const watcher of watchers) watcher();
  };
  const wake = () => {
    for (const waiter of waiting) waiter();
  };

  const server = createServer((request, response) => void serve(request, response));
  async function serve(request: IncomingMessage, response: ServerResponse) {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", url = "" } = request;
    const { pathname, searchParams } = new URL(url, "http://stand-in");
    if (standIn.away) return void request.socket.destroy();
    const body = Buffer.concat(chunks);
    const refused = refusal(method, pathname);
    const isKnown = request.headers["coder-provisioner-daemon-key"] === provisionerKey;
    const wait = Number(searchParams.get("wait") ?? 0);
    const answer = !isKnown
      ? { status: 401, json: { message: "This key is not known." } }
      : refused !== undefined
        ? { status: refused.status, json: { message: refused.message } }
        : await handle(
            method,
            pathname.replace("/api/v2", ""),
            body,
            wait,
            () => response.destroyed,
            request.headers["belfry-acquire-id"],
          );
    const name = `${method} ${pathname}`;
    if (holding && name.endsWith("/acquire") && answer.status === 200) {
      holding = false;
      return changed();
    }
    const isFirst = !seen.has(name);
    // A question for jobs that found none is not the one that matters.
    if (losing && isFirst && (answer.status !== 204 || !name.includes("acquire"))) {
      seen.add(name);
      standIn.lost.push(name);
      changed();
      return void request.socket.destroy();
    }
    const content = answer.bytes ?? (answer.json === undefined ? "" : JSON.stringify(answer.json));
    response.writeHead(answer.status, { "content-type": "application/json" }).end(content);
    changed();
  }

  type Answer = { status: number; json?: unknown; bytes?: Uint8Array };
  const message = (status: number, text: string): Answer => ({ status, json: { message: text } });

  async function handle(
    method: string,
    path: string,
    body: Buffer,
    wait: number,
    isGone: () => boolean,
    acquireId: unknown,
  ): Promise<Answer> {
    if (method === "POST" && path === "/provisionerdaemons/jobs/acquire") {
      const { name, acquire_id: asked } = JSON.parse(body.toString()) as Record<string, string>;
      const held = jobs.find((job) => job.acquireId === asked && !ended(job));
      if (held !== undefined) return { status: 200, json: held.payload };
      const limit = Date.now() + wait * 1_000;
      for (;;) {
        const job = jobs.find(({ status }) => status === "pending");
        if (job !== undefined && !isGone()) {
          Object.assign(job, { status: "running", acquireId: asked });
          job.by.push(name!);
          return { status: 200, json: job.payload };
        }
        if (Date.now() >= limit || isGone()) return { status: 204 };
        await new Promise<void>((resolve) => {
          const timer = setTimeout(done, Math.max(1, limit - Date.now()));
          function done() {
            clearTimeout(timer);
            waiting.delete(done);
            resolve();
          }
          waiting.add(done);
        });
      }
    }
    const [, file] = /^\/files\/([^/]+)$/.exec(path) ?? [];
    if (file !== undefined) {
      const bytes = files.get(file);
      return bytes === undefined ? message(404, "There is no such file.") : { status: 200, bytes };
    }
    const [, id, verb = ""] = /^\/provisionerjobs\/([^/]+)\/(\w+)$/.exec(path) ?? [];
    const job = jobs.find((candidate) => candidate.id === id);
    if (job === undefined) return message(404, "There is no such job.");
    // An acquisition whose lease has gone can't act as the next one.
    const isHeld = acquireId === job.acquireId;
    return isHeld ? write(job, method, verb, body) : message(409, "The lease of this job is not yours.");
  }

  function write(job: StandInJob, method: string, verb: string, body: Buffer): Answer {
    const hasLease = job.status === "running" || job.status === "canceling";
    const json = () => JSON.parse(body.toString()) as Record<string, unknown>;
    // The same end reported twice is one end.
    if (verb === "complete" && job.status === "succeeded") return { status: 200, json: { agents: [] } };
    if (verb === "fail" && (job.status === "failed" || job.status === "canceled")) return { status: 204 };
    if (!hasLease) return message(409, "The lease of this job is not yours.");
    if (verb !== "heartbeat" && method !== "GET") job.writes.push(verb);
    switch (`${method} ${verb}`) {
      case "POST heartbeat":
        job.beats += 1;
        return { status: 200, json: { cancel: job.status === "canceling" } };
      case "POST release":
        Object.assign(job, { status: "pending", acquireId: undefined, releases: job.releases + 1 });
        wake();
        return { status: 204 };
      case "GET state":
        return job.given === undefined ? message(404, "None.") : { status: 200, bytes: job.given };
      case "PUT state":
        job.states.push(gunzipSync(body).toString());
        return { status: 204 };
      case "POST logs":
        for (const line of JSON.parse(body.toString()) as Line[])
          if (!job.lines.some(({ id }) => id === line.id)) job.lines.push(line);
        return { status: 204 };
      case "POST plan": {
        const plan: Partial<ReducedPlan> = json();
        job.plan = plan;
        const changes = plan.resource_changes ?? [];
        const replaced = changes.filter(
          ({ change }) => change.actions.includes("create") && change.actions.includes("delete"),
        );
        const replacements = replaced.map(({ address, change }) => ({
          resource: address,
          paths: (change.replace_paths ?? []).map((path) => path.join(".")),
        }));
        return { status: 200, json: { replacements } };
      }
      case "POST complete":
        Object.assign(job, { status: "succeeded", completion: json() });
        return { status: 200, json: { agents: [] } };
      case "POST fail":
        job.error = String(json()["error"]);
        job.errorCode = json()["error_code"];
        job.status = job.status === "canceling" ? "canceled" : "failed";
        return { status: 204 };
      default:
        return message(404, "There is no such route.");
    }
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    wake();
  });
  const standIn: JobServer = {
    key: provisionerKey,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    jobs,
    lost: [],
    away: false,
    addFile: (id, content) => files.set(id, content),
    queue: (payload = {}, state) => {
      const id = crypto.randomUUID();
      const job: StandInJob = {
        id,
        status: "pending",
        acquireId: undefined,
        by: [],
        releases: 0,
        beats: 0,
        lines: [],
        plan: undefined,
        completion: undefined,
        error: undefined,
        states: [],
        given: state === undefined ? undefined : gzipSync(state),
        payload: { ...jobPayload(id), has_state: state !== undefined, ...payload },
        writes: [],
      };
      jobs.push(job);
      wake();
      return job;
    },
    until: (what) =>
      new Promise((resolve) => {
        const watcher = () => {
          if (!what()) return;
          watchers.delete(watcher);
          resolve();
        };
        watchers.add(watcher);
        watcher();
      }),
    cancel: (job) => (job.status = "canceling"),
    expire: (job) => {
      const next = job.plan === undefined ? ("pending" as const) : ("failed" as const);
      Object.assign(job, { status: next, acquireId: undefined });
      if (next === "failed") job.error = "LEASE_LOST";
      wake();
    },
    holdAcquisition: () => (holding = true),
    loseFirstAnswers: () => (losing = true),
    refuse: (rule) => (refusal = rule),
  };
  return standIn;
}

export const agentToken = "agent-token-of-the-workspace";

const jobPayload = (id: string) => ({
  job_id: id,
  lease_expires_at: "2030-01-01T00:00:00Z",
  stage: "none",
  transition: "start",
  agent_token: agentToken,
  has_state: false,
  workspace: { id: "0199f3a0-0000-7000-8000-000000000001", name: "dev", owner_name: "ada" },
  template: { id: "0199f3a0-0000-7000-8000-000000000002", name: "web" },
  template_version: { id: "0199f3a0-0000-7000-8000-000000000003", name: "v1" },
  parameters: [{ name: "region", value: "eu" }],
});
