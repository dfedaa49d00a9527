#!/usr/bin/env node
// What the demo's provisioner runs in place of Terraform: it builds nothing, asks the demo for a machine, and finds no
// large one, ever.
import { setTimeout as pause } from "node:timers/promises";

let input = "";
for await (const chunk of process.stdin) input += chunk;
const job = JSON.parse(input);
const isStart = job.transition === "start";
const value = (name) => job.parameters.find((parameter) => parameter.name === name)?.value ?? "";

console.log(`${job.transition} ${job.workspace.name}`);
await pause(Number(process.env.DEMO_BUILD_MS));
if (isStart && value("machine") === "large") {
  console.error("Error: no large machine is free in zone eu-1");
  process.exit(1);
}
await fetch(process.env.DEMO_MACHINES, {
  method: "POST",
  body: JSON.stringify({
    workspace: job.workspace.id,
    build: job.job_id,
    token: isStart ? job.agent_token : null,
    prompt: value("prompt"),
  }),
});
const apps = [{ slug: "agent", display_name: "Agent", url: "http://localhost:3284" }];
const container = { type: "docker_container", name: "dev", agents: [{ name: "main", apps }] };
// The home of whoever claims a workspace is a volume of their own: a replacement that people should know of.
const replaced = {
  address: "docker_volume.home",
  type: "docker_volume",
  change: { actions: ["delete", "create"], replace_paths: [["name"]] },
};
console.log(
  JSON.stringify({
    resources: isStart ? [container] : [],
    ...(isStart && { ai_task: { prompt: value("prompt"), sidebar_app_slug: "agent" } }),
    ...(job.stage === "claim" && { plan: { resource_changes: [replaced] } }),
  }),
);
