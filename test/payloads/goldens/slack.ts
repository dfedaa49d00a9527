// What a receiver of the format slack is sent.
import type { KnownBlock } from "@slack/types";

export const payloads: Record<string, { text: string; blocks: KnownBlock[] }> = {
  usual: {
    text: "🚨 Prebuilds failing: docker / large",
    blocks: [
      {
        type: "header",
        text: {
          type: "plain_text",
          text: "🚨 Prebuilds failing: docker / large",
        },
      },
      {
        type: "section",
        text: {
          type: "mrkdwn",
          text: "Belfry *stopped* creating <https://belfry.example.com/p?a=1%7C2|prebuilds>.\n\n• `df -h` _now_\n• a &lt; b &amp; c",
        },
      },
      {
        type: "section",
        fields: [
          {
            type: "mrkdwn",
            text: "*Template*\ndocker",
          },
          {
            type: "mrkdwn",
            text: "*Preset*\nlarge",
          },
          {
            type: "mrkdwn",
            text: "*Template version*\nv2",
          },
        ],
      },
      {
        type: "actions",
        elements: [
          {
            type: "button",
            text: {
              type: "plain_text",
              text: "View preset",
            },
            url: "https://belfry.example.com/templates/docker",
          },
        ],
      },
      {
        type: "context",
        elements: [
          {
            type: "mrkdwn",
            text: "Belfry · Prebuilds stopped",
          },
        ],
      },
    ],
  },
  resolved: {
    text: "✅ Resolved: Prebuilds failing: docker / large",
    blocks: [
      {
        type: "header",
        text: {
          type: "plain_text",
          text: "✅ Resolved: Prebuilds failing: docker / large",
        },
      },
      {
        type: "section",
        text: {
          type: "mrkdwn",
          text: "This problem lasted 10 min.",
        },
      },
      {
        type: "section",
        fields: [
          {
            type: "mrkdwn",
            text: "*What*\nPrebuilds failing: docker / large",
          },
          {
            type: "mrkdwn",
            text: "*How*\nPrebuilds were resumed.",
          },
        ],
      },
      {
        type: "actions",
        elements: [
          {
            type: "button",
            text: {
              type: "plain_text",
              text: "View preset",
            },
            url: "https://belfry.example.com/templates/docker",
          },
        ],
      },
      {
        type: "context",
        elements: [
          {
            type: "mrkdwn",
            text: "Belfry · Problem resolved",
          },
        ],
      },
    ],
  },
  "empty body": {
    text: "🚨 Prebuilds failing: docker / large",
    blocks: [
      {
        type: "header",
        text: {
          type: "plain_text",
          text: "🚨 Prebuilds failing: docker / large",
        },
      },
      {
        type: "context",
        elements: [
          {
            type: "mrkdwn",
            text: "Belfry · Prebuilds stopped",
          },
        ],
      },
    ],
  },
  "long texts": {
    text: "🚨 A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once.",
    blocks: [
      {
        type: "header",
        text: {
          type: "plain_text",
          text: "🚨 A title that says everything at once. A title that says everything at once. A title that says everything at once. …",
        },
      },
      {
        type: "section",
        text: {
          type: "mrkdwn",
          text: "A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. A sentence with an &amp; and a &lt;b&gt;. …\n<https://belfry.example.com/0|Read the whole text>",
        },
      },
      {
        type: "section",
        fields: [
          {
            type: "mrkdwn",
            text: "*Label 0*\nvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
          },
          {
            type: "mrkdwn",
            text: "*Label 1*\nvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
          },
          {
            type: "mrkdwn",
            text: "*Label 2*\nvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
          },
          {
            type: "mrkdwn",
            text: "*Label 3*\nvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
          },
          {
            type: "mrkdwn",
            text: "*Label 4*\nvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
          },
          {
            type: "mrkdwn",
            text: "*Label 5*\nvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
          },
          {
            type: "mrkdwn",
            text: "*Label 6*\nvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
          },
          {
            type: "mrkdwn",
            text: "*Label 7*\nvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
          },
          {
            type: "mrkdwn",
            text: "*Label 8*\nvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
          },
          {
            type: "mrkdwn",
            text: "*Label 9*\nvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
          },
        ],
      },
      {
        type: "actions",
        elements: [
          {
            type: "button",
            text: {
              type: "plain_text",
              text: "A label that is far longer than what fits on a button, number 0 of twelve",
            },
            url: "https://belfry.example.com/0",
          },
          {
            type: "button",
            text: {
              type: "plain_text",
              text: "A label that is far longer than what fits on a button, number 1 of twelve",
            },
            url: "https://belfry.example.com/1",
          },
          {
            type: "button",
            text: {
              type: "plain_text",
              text: "A label that is far longer than what fits on a button, number 2 of twelve",
            },
            url: "https://belfry.example.com/2",
          },
          {
            type: "button",
            text: {
              type: "plain_text",
              text: "A label that is far longer than what fits on a button, number 3 of twelve",
            },
            url: "https://belfry.example.com/3",
          },
          {
            type: "button",
            text: {
              type: "plain_text",
              text: "A label that is far longer than what fits on a button, number 4 of twelve",
            },
            url: "https://belfry.example.com/4",
          },
        ],
      },
      {
        type: "context",
        elements: [
          {
            type: "mrkdwn",
            text: "Belfry · Prebuilds stopped",
          },
        ],
      },
    ],
  },
  markup: {
    text: "🚨 bold it code &lt;b&gt;html&lt;/b&gt; a (https://x.example) | ~gone~",
    blocks: [
      {
        type: "header",
        text: {
          type: "plain_text",
          text: "🚨 bold it code <b>html</b> a (https://x.example) | ~gone~",
        },
      },
      {
        type: "section",
        text: {
          type: "mrkdwn",
          text: "*Head*\n\nsaid\n\n1. one\n2. two\n\n```\ncode &lt;x&gt;\n```\na  b  \n1  2  \n\n~gone~ *not bold*",
        },
      },
      {
        type: "section",
        fields: [
          {
            type: "mrkdwn",
            text: "*Template*\ndocker",
          },
          {
            type: "mrkdwn",
            text: "*Preset*\nlarge",
          },
          {
            type: "mrkdwn",
            text: "*Template version*\nv2",
          },
        ],
      },
      {
        type: "actions",
        elements: [
          {
            type: "button",
            text: {
              type: "plain_text",
              text: "View preset",
            },
            url: "https://belfry.example.com/templates/docker",
          },
        ],
      },
      {
        type: "context",
        elements: [
          {
            type: "mrkdwn",
            text: "Belfry · Prebuilds stopped",
          },
        ],
      },
    ],
  },
  mentions: {
    text: "🚨 &lt;!channel&gt; @everyone @here &lt;@U123&gt; &lt;at&gt;all&lt;/at&gt;",
    blocks: [
      {
        type: "header",
        text: {
          type: "plain_text",
          text: "🚨 <!channel> @everyone @here <@U123> <at>all</at>",
        },
      },
      {
        type: "section",
        text: {
          type: "mrkdwn",
          text: "&lt;!channel&gt; &lt;!here|here&gt; &lt;@U123&gt; &lt;#C1&gt; @everyone @here &lt;@&amp;1&gt; &lt;at&gt;all&lt;/at&gt;",
        },
      },
      {
        type: "section",
        fields: [
          {
            type: "mrkdwn",
            text: "*Template*\n&lt;!channel&gt;",
          },
          {
            type: "mrkdwn",
            text: "*Preset*\n@everyone",
          },
        ],
      },
      {
        type: "actions",
        elements: [
          {
            type: "button",
            text: {
              type: "plain_text",
              text: "View preset",
            },
            url: "https://belfry.example.com/templates/docker",
          },
        ],
      },
      {
        type: "context",
        elements: [
          {
            type: "mrkdwn",
            text: "Belfry · Prebuilds stopped",
          },
        ],
      },
    ],
  },
  "right to left": {
    text: "🚨 فشل الإنشاء المسبق: docker / كبير",
    blocks: [
      {
        type: "header",
        text: {
          type: "plain_text",
          text: "🚨 فشل الإنشاء المسبق: docker / كبير",
        },
      },
      {
        type: "section",
        text: {
          type: "mrkdwn",
          text: "توقف *Belfry* عن إنشاء مساحات العمل.\n\n• السبب: ‮df -h‬\n• שלום",
        },
      },
      {
        type: "section",
        fields: [
          {
            type: "mrkdwn",
            text: "*Template*\nقالب",
          },
        ],
      },
      {
        type: "actions",
        elements: [
          {
            type: "button",
            text: {
              type: "plain_text",
              text: "View preset",
            },
            url: "https://belfry.example.com/templates/docker",
          },
        ],
      },
      {
        type: "context",
        elements: [
          {
            type: "mrkdwn",
            text: "Belfry · Prebuilds stopped",
          },
        ],
      },
    ],
  },
  "emoji at the limits": {
    text: "🚨 👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦",
    blocks: [
      {
        type: "header",
        text: {
          type: "plain_text",
          text: "🚨 👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩 …",
        },
      },
      {
        type: "section",
        text: {
          type: "mrkdwn",
          text: "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍ …\n<https://belfry.example.com/templates/docker|Read the whole text>",
        },
      },
      {
        type: "section",
        fields: [
          {
            type: "mrkdwn",
            text: "*Template*\n👩‍👩‍👧‍👦",
          },
        ],
      },
      {
        type: "actions",
        elements: [
          {
            type: "button",
            text: {
              type: "plain_text",
              text: "View preset",
            },
            url: "https://belfry.example.com/templates/docker",
          },
        ],
      },
      {
        type: "context",
        elements: [
          {
            type: "mrkdwn",
            text: "Belfry · Prebuilds stopped",
          },
        ],
      },
    ],
  },
  "for one of many": {
    text: "🚨 Prebuilds failing: docker / large",
    blocks: [
      {
        type: "header",
        text: {
          type: "plain_text",
          text: "🚨 Prebuilds failing: docker / large",
        },
      },
      {
        type: "section",
        text: {
          type: "mrkdwn",
          text: "*For Mia *M* (mia)*\n\nBelfry *stopped* creating <https://belfry.example.com/p?a=1%7C2|prebuilds>.\n\n• `df -h` _now_\n• a &lt; b &amp; c",
        },
      },
      {
        type: "section",
        fields: [
          {
            type: "mrkdwn",
            text: "*Template*\ndocker",
          },
          {
            type: "mrkdwn",
            text: "*Preset*\nlarge",
          },
          {
            type: "mrkdwn",
            text: "*Template version*\nv2",
          },
        ],
      },
      {
        type: "actions",
        elements: [
          {
            type: "button",
            text: {
              type: "plain_text",
              text: "View preset",
            },
            url: "https://belfry.example.com/templates/docker",
          },
        ],
      },
      {
        type: "context",
        elements: [
          {
            type: "mrkdwn",
            text: "Belfry · Prebuilds stopped",
          },
        ],
      },
    ],
  },
};
