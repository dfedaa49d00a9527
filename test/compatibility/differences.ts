// What Belfry does otherwise on purpose, and why.

export interface Difference {
  what: string;
  coder: string;
  belfry: string;
  why: string;
}

export const differences: Difference[] = [
  {
    what: "When a message leaves",
    coder: "at the next look into the queue, up to 15 s later",
    belfry: "right after the answer; the look every 15 s finds what has to be tried again",
    why: "a passcode that takes 15 s is asked for twice",
  },
  {
    what: "The inbox",
    coder: "is a delivery like mail, through the queue",
    belfry: "is written with the message itself, unless notifications are paused",
    why: "it can't fail on its own, and a broken mail server doesn't hold it up",
  },
  {
    what: "The webhook",
    coder: "is not signed",
    belfry:
      "is signed as Standard Webhooks has it, when there is a secret; the body and `X-Message-Id` are Coder's",
    why: "a receiver can tell who sends, and refuse what is old",
  },
  {
    what: "What the webhook answers",
    coder: "2xx is a success, everything else is tried again; redirects are followed",
    belfry: "410 ends all sending there, `Retry-After` is kept, redirects are not followed",
    why: "a receiver can say when to come back and when not to; a redirect could lead to a stranger",
  },
  {
    what: "A try that is cut off",
    coder: "is not counted: a message that always takes too long is sent for ever",
    belfry: "counts",
    why: "it has an end",
  },
  {
    what: "What is not sent",
    coder: "leaves no row, or an error in the server's log",
    belfry: "is a row with its reason: switched off, off by default, told already, suspended, no address",
    why: "“why did I not get it” has an answer",
  },
  {
    what: "The same notification twice",
    coder: "is an error 500 and may have stopped in the middle of the recipients",
    belfry: "is 409 where it was all that was asked; others are told all the same",
    why: "a script can tell it from a fault",
  },
  {
    what: "The language of templates",
    coder: "is Go's",
    belfry:
      "is Liquid with limits, without includes; texts are versions, and the shipped one comes back by a command",
    why: "a text may be edited by who isn't to run programs on the server",
  },
  {
    what: "Names in a text",
    coder: "newer releases escape them",
    belfry: "are escaped in titles, bodies and addresses; the webhook has them as they are",
    why: "a workspace called `[click](…)` is not a link in somebody's mail",
  },
  {
    what: "The first user",
    coder: "is whoever comes first",
    belfry: "from another machine than the server's needs the code that the server printed",
    why: "the first is an owner",
  },
  {
    what: "Tokens",
    coder: "have lists of permissions",
    belfry: "may all, only look (`read`), or only send to their own user (`notify`)",
    why: "the one in a CI job should be worth nothing to a thief",
  },
  {
    what: "The queue of a paused Belfry",
    coder: "keeps what was never tried for ever",
    belfry: "keeps it too, and says since when in the metrics and on the page",
    why: "somebody has to notice",
  },
];
