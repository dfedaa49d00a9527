// What a receiver of the format discord is sent.
import type { RESTPostAPIWebhookWithTokenJSONBody } from "discord-api-types/v10";

export const payloads: Record<string, RESTPostAPIWebhookWithTokenJSONBody> = {
  usual: {
    content:
      "**🚨 Prebuilds failing: docker / large**\nBelfry **stopped** creating [prebuilds](https://belfry.example.com/p?a=1|2).\n\n- `df -h` _now_\n- a < b & c\n[View preset](<https://belfry.example.com/templates/docker>)",
    allowed_mentions: {
      parse: [],
    },
  },
  resolved: {
    content:
      "**✅ Resolved: Prebuilds failing: docker / large**\nThis problem lasted 10 min.\n[View preset](<https://belfry.example.com/templates/docker>)",
    allowed_mentions: {
      parse: [],
    },
  },
  "empty body": {
    content: "**🚨 Prebuilds failing: docker / large**\n\n[Open Belfry](<https://belfry.example.com/inbox>)",
    allowed_mentions: {
      parse: [],
    },
  },
  "long texts": {
    content:
      "**🚨 A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. …**\nA sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. A sentence with an & and a <b\\>. …\n[A label that is far longer than what fits on a button, number 0 of twelve](<https://belfry.example.com/0>) · [A label that is far longer than what fits on a button, number 1 of twelve](<https://belfry.example.com/1>) · [A label that is far longer than what fits on a button, number 2 of twelve](<https://belfry.example.com/2>)",
    allowed_mentions: {
      parse: [],
    },
  },
  markup: {
    content:
      "**🚨 bold it code <b\\>html</b\\> a (https://x.example) \\| \\~gone\\~**\n# Head\n\n> said\n\n1. one\n2. two\n\n```\ncode <x>\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n~~gone~~ \\*not bold\\*\n[View preset](<https://belfry.example.com/templates/docker>)",
    allowed_mentions: {
      parse: [],
    },
  },
  mentions: {
    content:
      "**🚨 <!channel\\> @everyone @here <@U123\\> <at\\>all</at\\>**\n<!channel> <!here|here> <@U123> <#C1> @everyone @here <@&1> <at>all</at>\n[View preset](<https://belfry.example.com/templates/docker>)",
    allowed_mentions: {
      parse: [],
    },
  },
  "right to left": {
    content:
      "**🚨 فشل الإنشاء المسبق: docker / كبير**\nتوقف **Belfry** عن إنشاء مساحات العمل.\n\n- السبب: ‮df -h‬\n- שלום\n[View preset](<https://belfry.example.com/templates/docker>)",
    allowed_mentions: {
      parse: [],
    },
  },
  "emoji at the limits": {
    content:
      "**🚨 👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦 …**\n👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍ …\n[View preset](<https://belfry.example.com/templates/docker>)",
    allowed_mentions: {
      parse: [],
    },
  },
  "for one of many": {
    content:
      "**🚨 Prebuilds failing: docker / large**\n**For Mia \\*M\\* \\(mia\\)**\n\nBelfry **stopped** creating [prebuilds](https://belfry.example.com/p?a=1|2).\n\n- `df -h` _now_\n- a < b & c\n[View preset](<https://belfry.example.com/templates/docker>)",
    allowed_mentions: {
      parse: [],
    },
  },
};
