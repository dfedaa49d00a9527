// What Belfry does differently on purpose, and why.

export interface Difference {
  what: string;
  coder: string;
  belfry: string;
  why: string;
}

export const differences: Difference[] = [
  {
    what: "Delivery of a new message",
    coder: "with the next poll, up to 15 s later",
    belfry: "right after the response; the run every 15 s retries",
    why: "users who wait 15 s for a passcode request another",
  },
  {
    what: "Inbox",
    coder: "a delivery through the queue, like mail",
    belfry: "written with the message, unless notifications are paused",
    why: "it can't fail on its own, and a broken mail server doesn't delay it",
  },
  {
    what: "Webhook signature",
    coder: "none",
    belfry: "Standard Webhooks, if you set a secret; body and `X-Message-Id` are Coder's",
    why: "receivers can verify the sender and reject replays",
  },
  {
    what: "Webhook responses",
    coder: "2xx is a success, everything else is retried; redirects are followed",
    belfry: "410 stops delivery, `Retry-After` is honored, redirects are not followed",
    why: "receivers control retries; a redirect could leak messages",
  },
  {
    what: "Interrupted attempts",
    coder: "don't count: a message that always times out is sent forever",
    belfry: "count",
    why: "retries end",
  },
  {
    what: "Messages that are not sent",
    coder: "no row, or an error in the server's log",
    belfry: "a row with a reason: disabled, disabled by default, duplicate, suspended, no address",
    why: "you can see why somebody got no message",
  },
  {
    what: "Duplicate notifications",
    coder: "500, possibly after some of the recipients",
    belfry: "409 if there is nothing else to send; other recipients still get it",
    why: "scripts can distinguish a duplicate from a failure",
  },
  {
    what: "Template language",
    coder: "Go templates",
    belfry:
      "Liquid with limits, without includes; templates have versions, and a command restores the shipped one",
    why: "editing a text must not mean running code on the server",
  },
  {
    what: "Escaping of values",
    coder: "in newer releases",
    belfry: "in titles, bodies and links; the webhook gets raw values",
    why: "a workspace called `[click](…)` must not become a link in a mail",
  },
  {
    what: "First user",
    coder: "the first visitor",
    belfry: "from another machine, needs the setup code that the server prints",
    why: "the first user is an owner",
  },
  {
    what: "Tokens",
    coder: "with lists of permissions",
    belfry: "with a scope: `all`, `read`, or `notify` (send to their own user)",
    why: "a token stolen from CI should be worth little",
  },
  {
    what: "Queue while paused",
    coder: "keeps unattempted messages forever",
    belfry: "keeps them, too, and shows their age in metrics and on the page",
    why: "operators must notice",
  },
];
