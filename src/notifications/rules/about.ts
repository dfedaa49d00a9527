// What each kind of notification is about, in one sentence, for the page where people switch kinds on and off.

const sentences: Record<string, string> = {
  TemplateCustomNotification: "What you or your scripts send: a build that is done, a job that has failed.",
  TemplateTestNotification: "What the test button sends, to see whether messages get through.",
};

/** By the template's key; undefined for a kind of which nothing is known here. */
export const aboutKind = (key: string): string | undefined => sentences[key];
