// belfry answer: the open questions of your agents, and an answer to one.
import { segment, type Client, type Question } from "../../client.ts";
import type { Context } from "../context.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { describeAnswers, toAnswer } from "../rules/question.ts";
import { plain, plainLine } from "../rules/text.ts";
import { formatAge } from "../rules/time.ts";

export const answer = defineCommand({
  name: "answer",
  summary: "List the open questions of your AI agents, or answer one",
  args: "[ID] [ANSWER]",
  maxArgs: 2,
  fields: { option: "ANSWER", text: "ANSWER" },
  details: ["ANSWER is one of the question's options or, where it takes one, a text of your own."],
  examples: [
    "belfry answer",
    "belfry answer 0199a0b1-5c3f-7222-8333-444444444444 yes",
    `belfry answer 0199a0b1-5c3f-7222-8333-444444444444 "Keep the first, and rename it"`,
  ],
  options: { ...outputOption },
  async run(context, { options, args: [id, given] }) {
    const client = context.client();
    if (id === undefined) return list(context, client, options.output === "json");
    const param = { id: segment(id) };
    const question = await client.ask((routes) => routes.questions[":id"].$get({ param, query: {} }));
    if (given === undefined) return show(context, question, options.output === "json");
    const json = toAnswer(question, given);
    const answered = await client.ask((routes) => routes.questions[":id"].answer.$post({ param, json }));
    if (options.output === "json") return context.printJson(answered);
    context.log(plainLine(`Answered: ${answered.answer}`));
  },
});

async function list(context: Context, client: Client, asJson: boolean): Promise<void> {
  const answer = await client.ask((routes) => routes.questions.$get({ query: {} }));
  if (asJson) return context.printJson(answer);
  if (answer.count === 0) return context.log("No open questions.");
  const rows = answer.questions.map((one) => [
    formatAge(one.created_at, context.now()),
    one.session_title,
    one.id,
    plainLine(one.text),
    describeAnswers(one),
  ]);
  context.printTable(["ASKED", "SESSION", "ID", "QUESTION", "ANSWERS"], rows, { cut: true });
  context.log("\nAnswer one: belfry answer ID ANSWER");
}

function show(context: Context, question: Question, asJson: boolean): void {
  if (asJson) return context.printJson(question);
  context.printField("Session", question.session_title);
  context.printField("Asked", formatAge(question.created_at, context.now()));
  context.printField("State", question.state.replaceAll("_", " "));
  context.print(`\n${plain(question.text)}\n`);
  if (question.state !== "open")
    return context.printField(
      question.state === "timed_out" ? "Default" : "Answer",
      question.answer ?? "none",
    );
  context.printField("Answers", describeAnswers(question));
  if (question.default !== null) context.printField("Default", question.default);
  context.log(`\nAnswer it: belfry answer ${question.id} ANSWER`);
}
