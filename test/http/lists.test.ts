// What holds for every list and every body, whichever route it is of.
import { connect } from "node:net";
import { expect, test } from "vitest";
import { createApi } from "../../src/api/index.ts";
import { openApiDocument } from "../../src/http/openapi.ts";
import { signInFirst, startTestServer } from "../support/server.ts";
import { addTemplate } from "../support/workspaces.ts";

interface Operation {
  parameters: { name: string; in: string }[];
}

test("every list accepts an offset without a limit", async () => {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  const { templateId } = await addTemplate(server, userId);
  const { paths } = openApiDocument(createApi(), server.url) as {
    paths: Record<string, Record<string, Operation>>;
  };
  const lists = Object.entries(paths)
    .filter(([, { get }]) => get?.parameters.some(({ name }) => name === "offset"))
    .map(([path]) => path);
  expect(lists).toContain("/api/v2/templates/{id}/versions");
  for (const path of lists) {
    const filled = path.replace("{id}", templateId).replace("{user}", "me").replace("{name}", "none");
    const { status } = await server.call("GET", `${filled}?offset=1`, { token });
    expect([200, 404], path).toContain(status);
  }
  const versions = await server.call("GET", `/api/v2/templates/${templateId}/versions?offset=1`, { token });
  expect(versions).toMatchObject({ status: 200, json: [] });
});

test.each([
  ["/api/v2/users/login", "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"],
  ["/login", "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nemail="],
])("a caller who leaves in the middle of a body is not an internal error: %s", async (path, rest) => {
  const server = await startTestServer();
  const socket = connect(server.config.port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(`POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${rest}`);
  await new Promise((resolve) => socket.once("connect", resolve));
  // Once this is answered, the server has seen the other, too.
  await server.call("GET", "/healthz");
  socket.destroy();
  await expect
    .poll(() => server.logs.filter((line) => line.includes("the client disconnected")))
    .toHaveLength(1);
  expect(server.logs.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});

const right = "\u202E";
test.each([
  [
    "POST",
    "/api/v2/users",
    { username: "ada2", email: "ada2@example.com", password: "a-good-password-77", name: `A${right}` },
  ],
  ["PATCH", "/api/v2/templates/{id}", { display_name: `docker${right}` }],
])("names with bidirectional control characters are refused: %s %s", async (method, path, json) => {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  const { templateId } = await addTemplate(server, userId);
  const answer = await server.call(method, path.replace("{id}", templateId), { token, json });
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.json)).toContain("change the direction of text");
});
