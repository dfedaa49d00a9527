// What a receiver of the format ntfy is sent.

export const payloads: Record<string, unknown> = {
  usual: {
    topic: "topic",
    title: "Prebuilds failing: docker / large",
    message:
      "Belfry stopped creating prebuilds (https://belfry.example.com/p?a=1%7C2).\n\n- df -h now\n- a < b & c",
    priority: 5,
    tags: ["rotating_light"],
    click: "https://belfry.example.com/templates/docker",
    actions: [
      {
        action: "view",
        label: "View preset",
        url: "https://belfry.example.com/templates/docker",
      },
    ],
  },
  resolved: {
    topic: "topic",
    title: "Resolved: Prebuilds failing: docker / large",
    message: "This problem lasted 10 min.",
    priority: 3,
    tags: ["white_check_mark"],
    click: "https://belfry.example.com/templates/docker",
    actions: [
      {
        action: "view",
        label: "View preset",
        url: "https://belfry.example.com/templates/docker",
      },
    ],
  },
  "empty body": {
    topic: "topic",
    title: "Prebuilds failing: docker / large",
    message: "Prebuilds failing: docker / large",
    priority: 5,
    tags: ["rotating_light"],
    click: "https://belfry.example.com/inbox",
    actions: [],
  },
  "long texts": {
    topic: "topic",
    title:
      "A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. …",
    message:
      "A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. …",
    priority: 5,
    tags: ["rotating_light"],
    click: "https://belfry.example.com/0",
    actions: [
      {
        action: "view",
        label: "A label that is far longer than what fits on a button, number 0 of twelve",
        url: "https://belfry.example.com/0",
      },
      {
        action: "view",
        label: "A label that is far longer than what fits on a button, number 1 of twelve",
        url: "https://belfry.example.com/1",
      },
      {
        action: "view",
        label: "A label that is far longer than what fits on a button, number 2 of twelve",
        url: "https://belfry.example.com/2",
      },
    ],
  },
  markup: {
    topic: "topic",
    title: "bold it code <b>html</b> a (https://x.example) | ~gone~",
    message: "Head\n\nsaid\n\n1. one\n2. two\n\ncode <x>\n\na  b\n1  2\n\ngone *not bold*",
    priority: 5,
    tags: ["rotating_light"],
    click: "https://belfry.example.com/templates/docker",
    actions: [
      {
        action: "view",
        label: "View preset",
        url: "https://belfry.example.com/templates/docker",
      },
    ],
  },
  mentions: {
    topic: "topic",
    title: "<!channel> @everyone @here <@U123> <at>all</at>",
    message: "<!channel> <!here|here> <@U123> <#C1> @everyone @here <@&1> <at>all</at>",
    priority: 5,
    tags: ["rotating_light"],
    click: "https://belfry.example.com/templates/docker",
    actions: [
      {
        action: "view",
        label: "View preset",
        url: "https://belfry.example.com/templates/docker",
      },
    ],
  },
  "right to left": {
    topic: "topic",
    title: "فشل الإنشاء المسبق: docker / كبير",
    message: "توقف Belfry عن إنشاء مساحات العمل.\n\n- السبب: ‮df -h‬\n- שלום",
    priority: 5,
    tags: ["rotating_light"],
    click: "https://belfry.example.com/templates/docker",
    actions: [
      {
        action: "view",
        label: "View preset",
        url: "https://belfry.example.com/templates/docker",
      },
    ],
  },
  "emoji at the limits": {
    topic: "topic",
    title: "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍ …",
    message:
      "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩 …",
    priority: 5,
    tags: ["rotating_light"],
    click: "https://belfry.example.com/templates/docker",
    actions: [
      {
        action: "view",
        label: "View preset",
        url: "https://belfry.example.com/templates/docker",
      },
    ],
  },
  "for one of many": {
    topic: "topic",
    title: "Prebuilds failing: docker / large",
    message:
      "For Mia *M* (mia)\n\nBelfry stopped creating prebuilds (https://belfry.example.com/p?a=1%7C2).\n\n- df -h now\n- a < b & c",
    priority: 5,
    tags: ["rotating_light"],
    click: "https://belfry.example.com/templates/docker",
    actions: [
      {
        action: "view",
        label: "View preset",
        url: "https://belfry.example.com/templates/docker",
      },
    ],
  },
};
