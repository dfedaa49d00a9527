// What each kind of notification is about, in one sentence, for the page where people switch kinds on and off.

const sentences: Record<string, string> = {
  TemplateCustomNotification: "What you or your scripts send: a build that is done, a job that has failed.",
  TemplateWorkspaceResourceReplaced:
    "A claim made resources of a prebuilt workspace anew: for template admins, with what to add to the template.",
  TemplateTaskCompleted: "The agent of one of your AI tasks says that it has finished.",
  TemplateTaskFailed: "The agent of one of your AI tasks says that it could not do it.",
  TemplateTaskIdle: "The agent of one of your AI tasks has stopped and waits for you.",
  TemplateTaskWorking: "The agent of one of your AI tasks begins to work, or goes on.",
  TemplateUserRequestedOneTimePasscode:
    "The code by which you set a new password when you have forgotten yours.",
  PasswordChanged: "Your password was changed: if it wasn't you, you have to know.",
  TemplateTestNotification: "What the test button sends, to see whether messages get through.",
  TemplateUserAccountCreated: "Somebody got an account: for owners and user admins.",
  TemplateUserAccountDeleted: "Somebody's account was removed: for owners and user admins.",
  TemplateUserAccountSuspended: "Somebody's account was suspended: for owners and user admins.",
  TemplateUserAccountActivated: "Somebody's suspended account works again: for owners and user admins.",
  TemplateYourAccountSuspended: "Your account was suspended, and you can't sign in any more.",
  TemplateYourAccountActivated: "Your account works again after it had been suspended.",
  TemplateTemplateDeleted: "Somebody deleted a template: for the other template admins.",
  TemplateTemplateDeprecated: "A template that you have a workspace of is not to be used any more.",
  TemplateWorkspaceCreated: "Somebody made a workspace: for template admins who want to know of each.",
  TemplateWorkspaceManuallyUpdated:
    "A workspace is moved to another version of its template: yours, or anybody's if you administer them.",
  PrebuildFailureLimitReached:
    "A pool of prebuilt workspaces is not filled any more, because its builds fail: for template admins.",
  PrebuildValidationFailed:
    "A pool of prebuilt workspaces can't be filled at all, because a value is missing or not allowed: for template admins.",
  TemplateWorkspaceDeleted: "Somebody else deleted a workspace of yours.",
  TemplateWorkspaceAutobuildFailed: "A workspace of yours was to start by itself and could not.",
  TemplateWorkspaceAutoUpdated:
    "A workspace of yours started by itself with a newer version of its template, as you had it set.",
  TemplateWorkspaceManualBuildFailed:
    "A build that somebody asked for failed: for template admins, who can mend it.",
};

/** By the template's key; undefined for a kind of which nothing is known here. */
export const aboutKind = (key: string): string | undefined => sentences[key];
