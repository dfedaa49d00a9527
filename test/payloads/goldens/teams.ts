// What a receiver of the format teams is sent.

export const payloads: Record<string, unknown> = {
  usual: {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          msteams: {
            width: "Full",
          },
          body: [
            {
              type: "TextBlock",
              text: "Prebuilds failing: docker / large",
              weight: "bolder",
              size: "medium",
              wrap: true,
              color: "attention",
            },
            {
              type: "TextBlock",
              text: "Belfry stopped creating prebuilds (https://belfry.example.com/p?a=1%7C2).\n\n\n\n- df -h now\n\n- a < b & c",
              wrap: true,
            },
            {
              type: "FactSet",
              facts: [
                {
                  title: "Template",
                  value: "docker",
                },
                {
                  title: "Preset",
                  value: "large",
                },
                {
                  title: "Template version",
                  value: "v2",
                },
              ],
            },
            {
              type: "TextBlock",
              text: "Belfry · Prebuilds stopped",
              isSubtle: true,
              size: "small",
              wrap: true,
            },
          ],
          actions: [
            {
              type: "Action.OpenUrl",
              title: "View preset",
              url: "https://belfry.example.com/templates/docker",
            },
          ],
        },
      },
    ],
  },
  resolved: {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          msteams: {
            width: "Full",
          },
          body: [
            {
              type: "TextBlock",
              text: "Resolved: Prebuilds failing: docker / large",
              weight: "bolder",
              size: "medium",
              wrap: true,
              color: "good",
            },
            {
              type: "TextBlock",
              text: "This problem lasted 10 min.",
              wrap: true,
            },
            {
              type: "FactSet",
              facts: [
                {
                  title: "What",
                  value: "Prebuilds failing: docker / large",
                },
                {
                  title: "How",
                  value: "Prebuilds were resumed.",
                },
              ],
            },
            {
              type: "TextBlock",
              text: "Belfry · Problem resolved",
              isSubtle: true,
              size: "small",
              wrap: true,
            },
          ],
          actions: [
            {
              type: "Action.OpenUrl",
              title: "View preset",
              url: "https://belfry.example.com/templates/docker",
            },
          ],
        },
      },
    ],
  },
  "empty body": {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          msteams: {
            width: "Full",
          },
          body: [
            {
              type: "TextBlock",
              text: "Prebuilds failing: docker / large",
              weight: "bolder",
              size: "medium",
              wrap: true,
              color: "attention",
            },
            {
              type: "TextBlock",
              text: "Belfry · Prebuilds stopped",
              isSubtle: true,
              size: "small",
              wrap: true,
            },
          ],
          actions: [
            {
              type: "Action.OpenUrl",
              title: "Open Belfry",
              url: "https://belfry.example.com/inbox",
            },
          ],
        },
      },
    ],
  },
  "long texts": {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          msteams: {
            width: "Full",
          },
          body: [
            {
              type: "TextBlock",
              text: "A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once.",
              weight: "bolder",
              size: "medium",
              wrap: true,
              color: "attention",
            },
            {
              type: "TextBlock",
              text: "A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. …",
              wrap: true,
            },
            {
              type: "FactSet",
              facts: [
                {
                  title: "Label 0",
                  value:
                    "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
                },
                {
                  title: "Label 1",
                  value:
                    "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
                },
                {
                  title: "Label 2",
                  value:
                    "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
                },
                {
                  title: "Label 3",
                  value:
                    "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
                },
                {
                  title: "Label 4",
                  value:
                    "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
                },
                {
                  title: "Label 5",
                  value:
                    "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
                },
                {
                  title: "Label 6",
                  value:
                    "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
                },
                {
                  title: "Label 7",
                  value:
                    "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
                },
                {
                  title: "Label 8",
                  value:
                    "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
                },
                {
                  title: "Label 9",
                  value:
                    "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
                },
              ],
            },
            {
              type: "TextBlock",
              text: "Belfry · Prebuilds stopped",
              isSubtle: true,
              size: "small",
              wrap: true,
            },
          ],
          actions: [
            {
              type: "Action.OpenUrl",
              title: "A label that is far longer than what fits on a button, number 0 of twelve",
              url: "https://belfry.example.com/0",
            },
            {
              type: "Action.OpenUrl",
              title: "A label that is far longer than what fits on a button, number 1 of twelve",
              url: "https://belfry.example.com/1",
            },
            {
              type: "Action.OpenUrl",
              title: "A label that is far longer than what fits on a button, number 2 of twelve",
              url: "https://belfry.example.com/2",
            },
            {
              type: "Action.OpenUrl",
              title: "A label that is far longer than what fits on a button, number 3 of twelve",
              url: "https://belfry.example.com/3",
            },
            {
              type: "Action.OpenUrl",
              title: "A label that is far longer than what fits on a button, number 4 of twelve",
              url: "https://belfry.example.com/4",
            },
            {
              type: "Action.OpenUrl",
              title: "A label that is far longer than what fits on a button, number 5 of twelve",
              url: "https://belfry.example.com/5",
            },
          ],
        },
      },
    ],
  },
  markup: {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          msteams: {
            width: "Full",
          },
          body: [
            {
              type: "TextBlock",
              text: "bold it code <b>html</b> a (https://x.example) | \\~gone\\~",
              weight: "bolder",
              size: "medium",
              wrap: true,
              color: "attention",
            },
            {
              type: "TextBlock",
              text: "Head\n\n\n\nsaid\n\n\n\n1. one\n\n2. two\n\n\n\ncode <x>\n\n\n\na  b\n\n1  2\n\n\n\ngone \\*not bold\\*",
              wrap: true,
            },
            {
              type: "FactSet",
              facts: [
                {
                  title: "Template",
                  value: "docker",
                },
                {
                  title: "Preset",
                  value: "large",
                },
                {
                  title: "Template version",
                  value: "v2",
                },
              ],
            },
            {
              type: "TextBlock",
              text: "Belfry · Prebuilds stopped",
              isSubtle: true,
              size: "small",
              wrap: true,
            },
          ],
          actions: [
            {
              type: "Action.OpenUrl",
              title: "View preset",
              url: "https://belfry.example.com/templates/docker",
            },
          ],
        },
      },
    ],
  },
  mentions: {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          msteams: {
            width: "Full",
          },
          body: [
            {
              type: "TextBlock",
              text: "<!channel> @everyone @here <@U123> <at>all</at>",
              weight: "bolder",
              size: "medium",
              wrap: true,
              color: "attention",
            },
            {
              type: "TextBlock",
              text: "<!channel> <!here|here> <@U123> <#C1> @everyone @here <@&1> <at>all</at>",
              wrap: true,
            },
            {
              type: "FactSet",
              facts: [
                {
                  title: "Template",
                  value: "<!channel>",
                },
                {
                  title: "Preset",
                  value: "@everyone",
                },
              ],
            },
            {
              type: "TextBlock",
              text: "Belfry · Prebuilds stopped",
              isSubtle: true,
              size: "small",
              wrap: true,
            },
          ],
          actions: [
            {
              type: "Action.OpenUrl",
              title: "View preset",
              url: "https://belfry.example.com/templates/docker",
            },
          ],
        },
      },
    ],
  },
  "right to left": {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          msteams: {
            width: "Full",
          },
          body: [
            {
              type: "TextBlock",
              text: "فشل الإنشاء المسبق: docker / كبير",
              weight: "bolder",
              size: "medium",
              wrap: true,
              color: "attention",
            },
            {
              type: "TextBlock",
              text: "توقف Belfry عن إنشاء مساحات العمل.\n\n\n\n- السبب: ‮df -h‬\n\n- שלום",
              wrap: true,
            },
            {
              type: "FactSet",
              facts: [
                {
                  title: "Template",
                  value: "قالب",
                },
              ],
            },
            {
              type: "TextBlock",
              text: "Belfry · Prebuilds stopped",
              isSubtle: true,
              size: "small",
              wrap: true,
            },
          ],
          actions: [
            {
              type: "Action.OpenUrl",
              title: "View preset",
              url: "https://belfry.example.com/templates/docker",
            },
          ],
        },
      },
    ],
  },
  "emoji at the limits": {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          msteams: {
            width: "Full",
          },
          body: [
            {
              type: "TextBlock",
              text: "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦",
              weight: "bolder",
              size: "medium",
              wrap: true,
              color: "attention",
            },
            {
              type: "TextBlock",
              text: "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦",
              wrap: true,
            },
            {
              type: "FactSet",
              facts: [
                {
                  title: "Template",
                  value: "👩‍👩‍👧‍👦",
                },
              ],
            },
            {
              type: "TextBlock",
              text: "Belfry · Prebuilds stopped",
              isSubtle: true,
              size: "small",
              wrap: true,
            },
          ],
          actions: [
            {
              type: "Action.OpenUrl",
              title: "View preset",
              url: "https://belfry.example.com/templates/docker",
            },
          ],
        },
      },
    ],
  },
  "for one of many": {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          msteams: {
            width: "Full",
          },
          body: [
            {
              type: "TextBlock",
              text: "Prebuilds failing: docker / large",
              weight: "bolder",
              size: "medium",
              wrap: true,
              color: "attention",
            },
            {
              type: "TextBlock",
              text: "For Mia \\*M\\* (mia)\n\n\n\nBelfry stopped creating prebuilds (https://belfry.example.com/p?a=1%7C2).\n\n\n\n- df -h now\n\n- a < b & c",
              wrap: true,
            },
            {
              type: "FactSet",
              facts: [
                {
                  title: "Template",
                  value: "docker",
                },
                {
                  title: "Preset",
                  value: "large",
                },
                {
                  title: "Template version",
                  value: "v2",
                },
              ],
            },
            {
              type: "TextBlock",
              text: "Belfry · Prebuilds stopped",
              isSubtle: true,
              size: "small",
              wrap: true,
            },
          ],
          actions: [
            {
              type: "Action.OpenUrl",
              title: "View preset",
              url: "https://belfry.example.com/templates/docker",
            },
          ],
        },
      },
    ],
  },
};
