// The codes on messages: what was decided and why, and a sentence for each for the command line and the pages.

/** Short codes kept on each message: what was decided and why. */
export type Reason =
  // why to this person
  | "to_self"
  | "named"
  | `role_${string}`
  | "workspace_owner"
  | "own_account"
  | "uses_template"
  | "no_template_admin"
  // why by this method
  | "inbox"
  | "deployment_default"
  | "template_method"
  | "only_by_mail"
  // why not, or not yet
  | "disabled_by_user"
  | "off_by_default"
  | "duplicate"
  | "suspended_user"
  | "no_address"
  | "recipient_refused"
  | "not_configured"
  | "paused"
  | "held_back"
  | "taken_back"
  | "render_failed"
  | "endpoint_gone"
  | "attempts_exhausted"
  | "expired";

/** What a code answers: why this person, why this way, or why not (or not yet). */
export type Question = "who" | "way" | "not";

export interface ReasonWords {
  question: Question;
  /** A sentence without its full stop. */
  words: string;
}

const sentences: Record<Exclude<Reason, `role_${string}`>, ReasonWords> = {
  to_self: { question: "who", words: "They caused it themselves" },
  named: { question: "who", words: "Whoever sent it named them" },
  workspace_owner: { question: "who", words: "The workspace is theirs" },
  own_account: { question: "who", words: "It is about their own account" },
  uses_template: { question: "who", words: "They have a workspace of the template" },
  no_template_admin: { question: "who", words: "Nobody is a template admin, so the owners are told instead" },
  inbox: { question: "way", words: "Every notification goes to the inbox" },
  deployment_default: {
    question: "way",
    words: "It is the way that this Belfry sends by when nobody says otherwise",
  },
  template_method: { question: "way", words: "An owner has chosen this way for this kind of notification" },
  only_by_mail: { question: "way", words: "This kind goes by mail alone, so that nobody else reads it" },
  disabled_by_user: { question: "not", words: "They have switched this kind off" },
  off_by_default: { question: "not", words: "This kind is off for whoever has not switched it on" },
  duplicate: { question: "not", words: "They had got the very same notification already" },
  suspended_user: { question: "not", words: "Their account is suspended or gone" },
  no_address: { question: "not", words: "They have no mail address that mail can go to" },
  recipient_refused: { question: "not", words: "The mail server refused their address" },
  not_configured: { question: "not", words: "This way is not set up" },
  paused: { question: "not", words: "Notifications were paused when it came up" },
  held_back: { question: "not", words: "It was to wait, in case it did not last" },
  taken_back: { question: "not", words: "It was over before anybody was told" },
  render_failed: {
    question: "not",
    words: "The text of this kind could not be filled in, so it went out as a plain list of facts",
  },
  endpoint_gone: {
    question: "not",
    words: "The receiver has said that it is gone for good; a test that it accepts switches it on again",
  },
  attempts_exhausted: { question: "not", words: "Every try has failed, and there are no more" },
  expired: { question: "not", words: "It was of no use any more before it could be sent" },
};

/** A code of a later release is its own words. */
export function reasonWords(code: string): ReasonWords {
  const role = /^role_(.+)$/.exec(code)?.[1];
  if (role !== undefined) return { question: "who", words: `It goes to everybody with the role ${role}` };
  return Object.hasOwn(sentences, code)
    ? sentences[code as keyof typeof sentences]
    : { question: "not", words: code };
}
