// `npm run bench:price`: what a hosted database bills for 1,000 people with 30 notifications a day each. Rows are those that a
// libSQL server counts for one of each; storage is what is kept for as long as the retention says. Writes PRICE.md and the
// page of the docs. PEOPLE and NOTICES change the numbers.
import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startMetered, type Cost } from "../support/metered.ts";
import { signIn, owner } from "../support/server.ts";
import { plans, plansAddress, plansAsOf, priceOf, type Usage } from "./plans.ts";
import { renderTable, writeTable } from "./report.ts";

const people = Number(process.env["PEOPLE"] ?? 1_000);
const notices = Number(process.env["NOTICES"] ?? 30);
/** Of each person, in a day. */
const looks = 20;
const days = 30;
const sample = 300;
const day = 86_400_000;

async function measure() {
  const { server, receiver, cost, stopDatabase, ...signedIn } = await startMetered();
  let { token } = signedIn;
  const pages = async (what: string) => Number((await server.sql(`PRAGMA ${what}`))[0]![what]);
  const usedBytes = async () =>
    ((await pages("page_count")) - (await pages("freelist_count"))) * (await pages("page_size"));
  let sent = 0;
  async function send(): Promise<void> {
    const content = {
      title: `Build ${(sent += 1)} passed`,
      message: "All **312** tests passed in 4 min 12 s.",
    };
    await server.call("POST", "/api/v2/notifications/custom", { token, json: { content } });
    await receiver.wait(sent);
    await server.settled();
  }
  const inbox = () => server.call("GET", "/api/v2/notifications/inbox", { token });
  try {
    await send();
    await server.runTick();
    const empty = await usedBytes();
    const notice = await cost(async () => {
      for (let at = 0; at < sample; at += 1) await send();
    }, sample);
    const full = await usedBytes();
    const look = await cost(async () => {
      for (let at = 0; at < 10; at += 1) await inbox();
    }, 10);
    const reading = await cost(
      () => server.call("PUT", "/api/v2/notifications/inbox/mark-all-as-read", { token }),
      sample,
    );
    await server.runTick();
    const tick = await cost(async () => {
      for (let at = 0; at < 10; at += 1) await server.runTick();
    }, 10);
    server.clock.advance(31 * day);
    const ending = await cost(() => server.runTick(), sample);
    const withoutMessages = await usedBytes();
    server.clock.advance(150 * day);
    const endingOfItems = await cost(() => server.runTick(), sample);
    token = await signIn(server, owner);
    const log = await server.call("GET", "/api/v2/notifications/messages", { token });
    // The newest of each stays.
    expect([log.json.messages.length, (await inbox()).json.notifications.length]).toEqual([1, 1]);
    const bytes = {
      message: (full - withoutMessages) / sample,
      item: (withoutMessages - empty) / sample,
    };
    return { notice, look, reading, tick, ending, endingOfItems, bytes };
  } finally {
    await stopDatabase();
  }
}

const number = (value: number) => value.toLocaleString("en", { maximumFractionDigits: 0 });
const digits = (value: number) => value.toLocaleString("en", { maximumFractionDigits: 1 });
const dollars = (value: number) => `$${value.toFixed(2)}`;

function tables(measured: Awaited<ReturnType<typeof measure>>) {
  const noticesAMonth = people * notices * days;
  const parts: [string, number, Cost][] = [
    ["a notification to inbox and webhook, until it is sent", noticesAMonth, measured.notice],
    ["it is read", noticesAMonth, measured.reading],
    ["its messages are deleted, after 30 days", noticesAMonth, measured.ending],
    ["its inbox entry is deleted, after 180 days", noticesAMonth, measured.endingOfItems],
    [
      `somebody opens the inbox, ${looks} times a day, with ${sample} unread`,
      people * looks * days,
      measured.look,
    ],
    ["a periodic run, each 15 seconds", days * 5_760, measured.tick],
  ];
  const sum = (of: (cost: Cost) => number) =>
    parts.reduce((all, [, count, cost]) => all + count * of(cost), 0);
  const kept = people * notices * (measured.bytes.message * 30 + measured.bytes.item * 180);
  const usage: Usage = {
    read: sum(({ read }) => read),
    written: sum(({ written }) => written),
    gigabytes: kept / 1e9,
  };
  const usageTable = [
    ["What", "Times a month", "Rows read each", "Rows written each", "Read a month", "Written a month"],
    ...parts.map(([name, count, { read, written }]) => [
      name,
      number(count),
      digits(read),
      digits(written),
      number(count * read),
      number(count * written),
    ]),
    ["total", "", "", "", number(usage.read), number(usage.written)],
  ];
  const planTable = [
    ["Turso's plan", "Fee", "Rows read", "Rows written", "Storage", "Price"],
    ...plans.map((plan) => [
      plan.name,
      dollars(plan.fee),
      `${number(plan.included.read / 1e6)} million`,
      `${number(plan.included.written / 1e6)} million`,
      `${plan.included.gigabytes} GB`,
      dollars(priceOf(plan, usage)),
    ]),
  ];
  return { usage, usageTable, planTable };
}

test("price", async () => {
  const measured = await measure();
  const { usage, usageTable, planTable } = tables(measured);
  const storage = `Storage: ${digits(usage.gigabytes)} GB once the retention has passed, with ${number(measured.bytes.message)} bytes for each notification's
messages and attempts, kept for 30 days, and ${number(measured.bytes.item)} bytes for its inbox entry, kept for 180 days.`;
  const sentence = `${number(people)} people with ${notices} notifications a day each`;
  writeTable(usageTable, {
    title: `The price of ${sentence}`,
    file: "PRICE.md",
    command: "npm run bench:price",
    notes: [
      storage.replace("\n", " "),
      `One notification after another, as the libSQL server counts; concurrent ones share some of it. Plans as of ${plansAsOf}: ${plans.map((plan) => `${plan.name} ${dollars(priceOf(plan, usage))} a month`).join(", ")}.`,
    ],
  });
  const text = `# What a hosted database costs

A hosted libSQL database, such as Turso, bills rows read, rows written and storage. Rows of indexes count, too. This page computes a
month of ${sentence}. \`npm run bench:price\` measures the rows on a libSQL server and writes this page.

${renderTable(usageTable, (column) => column === 0)}

${storage}

${renderTable(planTable, (column) => column === 0)}

Prices are those of [Turso's published plans](${plansAddress}) as of ${plansAsOf}, in dollars a month, with what is used beyond the plan.
**Check them before you decide**: plans change. With usage-based billing disabled, Turso refuses requests beyond the plan instead.

What changes the price:

- **Fewer channels.** A notification that only goes to the inbox needs no delivery attempt.
- **Retention.** \`BELFRY_NOTIFICATIONS_INBOX_RETENTION\` and \`BELFRY_NOTIFICATIONS_MESSAGE_RETENTION\` decide how much is stored. A deleted
  row counts as written, without its indexes.
- **Open live inboxes.** Each process with at least one polls the database once a second, which reads a few rows.
- **Your own server.** [sqld](../install/instances.md#run-your-own-libsql-server-sqld) on a small machine needs no plan.
`;
  writeFileSync(new URL("../../public/docs/administration/hosted-database.md", import.meta.url), text);
  console.log(renderTable(planTable, (column) => column === 0));
});
