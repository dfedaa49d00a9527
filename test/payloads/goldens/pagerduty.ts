// What a receiver of the format pagerduty is sent.
import type { PagerDutyEvent } from "../pagerduty.ts";

export const payloads: Record<string, PagerDutyEvent> = {
  usual: {
    routing_key: "0123456789abcdef0123456789abcdef",
    dedup_key: "belfry/0198f0aa-0000-7000-8000-000000000003",
    event_action: "trigger",
    payload: {
      summary: "Prebuilds failing: docker / large",
      source: "belfry.example.com",
      severity: "critical",
      timestamp: "2026-11-21T10:00:00.000Z",
      class: "Prebuilds stopped",
      custom_details: {
        text: "Belfry stopped creating prebuilds (https://belfry.example.com/p?a=1%7C2).\n\n- df -h now\n- a < b & c",
        Template: "docker",
        Preset: "large",
        "Template version": "v2",
      },
    },
    client: "Belfry",
    client_url: "https://belfry.example.com/templates/docker",
    links: [
      {
        href: "https://belfry.example.com/templates/docker",
        text: "View preset",
      },
    ],
  },
  resolved: {
    routing_key: "0123456789abcdef0123456789abcdef",
    dedup_key: "belfry/0198f0aa-0000-7000-8000-000000000003",
    event_action: "resolve",
  },
  "empty body": {
    routing_key: "0123456789abcdef0123456789abcdef",
    dedup_key: "belfry/0198f0aa-0000-7000-8000-000000000003",
    event_action: "trigger",
    payload: {
      summary: "Prebuilds failing: docker / large",
      source: "belfry.example.com",
      severity: "critical",
      timestamp: "2026-11-21T10:00:00.000Z",
      class: "Prebuilds stopped",
      custom_details: {
        text: "",
      },
    },
    client: "Belfry",
    client_url: "https://belfry.example.com/inbox",
    links: [],
  },
  "long texts": {
    routing_key: "0123456789abcdef0123456789abcdef",
    dedup_key: "belfry/0198f0aa-0000-7000-8000-000000000003",
    event_action: "trigger",
    payload: {
      summary:
        "A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. A title that says everything at once. …",
      source: "belfry.example.com",
      severity: "critical",
      timestamp: "2026-11-21T10:00:00.000Z",
      class: "Prebuilds stopped",
      custom_details: {
        text: "A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. A sentence with an & and a <b>. …",
        "Label 0":
          "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
        "Label 1":
          "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
        "Label 2":
          "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
        "Label 3":
          "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
        "Label 4":
          "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
        "Label 5":
          "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
        "Label 6":
          "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
        "Label 7":
          "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
        "Label 8":
          "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
        "Label 9":
          "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
      },
    },
    client: "Belfry",
    client_url: "https://belfry.example.com/0",
    links: [
      {
        href: "https://belfry.example.com/0",
        text: "A label that is far longer than what fits on a button, number 0 of twelve",
      },
      {
        href: "https://belfry.example.com/1",
        text: "A label that is far longer than what fits on a button, number 1 of twelve",
      },
      {
        href: "https://belfry.example.com/2",
        text: "A label that is far longer than what fits on a button, number 2 of twelve",
      },
      {
        href: "https://belfry.example.com/3",
        text: "A label that is far longer than what fits on a button, number 3 of twelve",
      },
      {
        href: "https://belfry.example.com/4",
        text: "A label that is far longer than what fits on a button, number 4 of twelve",
      },
      {
        href: "https://belfry.example.com/5",
        text: "A label that is far longer than what fits on a button, number 5 of twelve",
      },
      {
        href: "https://belfry.example.com/6",
        text: "A label that is far longer than what fits on a button, number 6 of twelve",
      },
      {
        href: "https://belfry.example.com/7",
        text: "A label that is far longer than what fits on a button, number 7 of twelve",
      },
      {
        href: "https://belfry.example.com/8",
        text: "A label that is far longer than what fits on a button, number 8 of twelve",
      },
      {
        href: "https://belfry.example.com/9",
        text: "A label that is far longer than what fits on a button, number 9 of twelve",
      },
      {
        href: "https://belfry.example.com/10",
        text: "A label that is far longer than what fits on a button, number 10 of twelve",
      },
      {
        href: "https://belfry.example.com/11",
        text: "A label that is far longer than what fits on a button, number 11 of twelve",
      },
    ],
  },
  markup: {
    routing_key: "0123456789abcdef0123456789abcdef",
    dedup_key: "belfry/0198f0aa-0000-7000-8000-000000000003",
    event_action: "trigger",
    payload: {
      summary: "bold it code <b>html</b> a (https://x.example) | ~gone~",
      source: "belfry.example.com",
      severity: "critical",
      timestamp: "2026-11-21T10:00:00.000Z",
      class: "Prebuilds stopped",
      custom_details: {
        text: "Head\n\nsaid\n\n1. one\n2. two\n\ncode <x>\n\na  b\n1  2\n\ngone *not bold*",
        Template: "docker",
        Preset: "large",
        "Template version": "v2",
      },
    },
    client: "Belfry",
    client_url: "https://belfry.example.com/templates/docker",
    links: [
      {
        href: "https://belfry.example.com/templates/docker",
        text: "View preset",
      },
    ],
  },
  mentions: {
    routing_key: "0123456789abcdef0123456789abcdef",
    dedup_key: "belfry/0198f0aa-0000-7000-8000-000000000003",
    event_action: "trigger",
    payload: {
      summary: "<!channel> @everyone @here <@U123> <at>all</at>",
      source: "belfry.example.com",
      severity: "critical",
      timestamp: "2026-11-21T10:00:00.000Z",
      class: "Prebuilds stopped",
      custom_details: {
        text: "<!channel> <!here|here> <@U123> <#C1> @everyone @here <@&1> <at>all</at>",
        Template: "<!channel>",
        Preset: "@everyone",
      },
    },
    client: "Belfry",
    client_url: "https://belfry.example.com/templates/docker",
    links: [
      {
        href: "https://belfry.example.com/templates/docker",
        text: "View preset",
      },
    ],
  },
  "right to left": {
    routing_key: "0123456789abcdef0123456789abcdef",
    dedup_key: "belfry/0198f0aa-0000-7000-8000-000000000003",
    event_action: "trigger",
    payload: {
      summary: "فشل الإنشاء المسبق: docker / كبير",
      source: "belfry.example.com",
      severity: "critical",
      timestamp: "2026-11-21T10:00:00.000Z",
      class: "Prebuilds stopped",
      custom_details: {
        text: "توقف Belfry عن إنشاء مساحات العمل.\n\n- السبب: ‮df -h‬\n- שלום",
        Template: "قالب",
      },
    },
    client: "Belfry",
    client_url: "https://belfry.example.com/templates/docker",
    links: [
      {
        href: "https://belfry.example.com/templates/docker",
        text: "View preset",
      },
    ],
  },
  "emoji at the limits": {
    routing_key: "0123456789abcdef0123456789abcdef",
    dedup_key: "belfry/0198f0aa-0000-7000-8000-000000000003",
    event_action: "trigger",
    payload: {
      summary: "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦",
      source: "belfry.example.com",
      severity: "critical",
      timestamp: "2026-11-21T10:00:00.000Z",
      class: "Prebuilds stopped",
      custom_details: {
        text: "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦",
        Template: "👩‍👩‍👧‍👦",
      },
    },
    client: "Belfry",
    client_url: "https://belfry.example.com/templates/docker",
    links: [
      {
        href: "https://belfry.example.com/templates/docker",
        text: "View preset",
      },
    ],
  },
};
