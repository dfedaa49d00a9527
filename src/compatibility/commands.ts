// Coder's commands beside Belfry's, and what of them works against Belfry with Coder's own program.
import { absent, better, different, notOurs, notYet, same, type Row } from "./row.ts";

export const commands: Row[] = [
  better(
    "coder login",
    "asks for the password at the terminal, or reads it from standard input; it is never an argument",
    "belfry login",
  ),
  same("coder logout", "", "belfry logout"),
  same("coder whoami", "", "belfry whoami"),
  better(
    "coder notifications custom",
    "reads standard input, and sends to other users and roles",
    "belfry notifications custom",
  ),
  better(
    "coder notifications test",
    "`--wait` says by which way it went and what came back",
    "belfry notifications test",
  ),
  same("coder notifications pause", "", "belfry notifications pause"),
  same("coder notifications resume", "", "belfry notifications resume"),
  same("coder tokens create", "", "belfry tokens create"),
  same("coder tokens list", "", "belfry tokens list"),
  same("coder tokens remove", "", "belfry tokens remove"),
  absent("coder tokens view", "`belfry tokens list --output json` has it all"),
  better("coder users create", "makes a password, or reads one from standard input", "belfry users create"),
  same("coder users list", "", "belfry users list"),
  same("coder users suspend", "", "belfry users suspend"),
  same("coder users activate", "", "belfry users activate"),
  absent("coder users show", "`belfry users list --search NAME --output json`"),
  same("coder users edit-roles", "the roles as words, not as a flag", "belfry users roles"),
  absent("coder users delete", "`coder users delete` works; so does the API"),
  better("coder server", "one file beside it is enough; everything is set by variables", "belfry serve"),
  better(
    "coder reset-password",
    "by address, ends all sessions, stands in the audit log",
    "belfry admin reset-password",
  ),
  better("coder support bundle", "says in words what is wrong and what to do", "belfry admin doctor"),
  different(
    "coder provisioner start",
    "over plain HTTP, with OpenTofu, Terraform or a script",
    "belfry provisioner start",
  ),
  different(
    "coder templates push",
    "a folder with a `belfry.json` beside its Terraform: name, parameters, presets",
    "belfry templates push",
  ),
  same("coder templates list", "", "belfry templates list"),
  same("coder templates versions promote", "", "belfry templates activate"),
  same("coder templates delete", "", "belfry templates delete"),
  same("coder list", "", "belfry workspaces list"),
  same("coder show", "", "belfry workspaces show"),
  same("coder create", "", "belfry workspaces create"),
  same("coder start", "", "belfry workspaces start"),
  same("coder stop", "", "belfry workspaces stop"),
  same("coder update", "", "belfry workspaces update"),
  same("coder delete", "", "belfry workspaces delete"),
  same("coder logs", "", "belfry workspaces logs"),
  same("coder provisioner keys create", "", "belfry provisioner key"),
  absent("coder prebuilds pause, resume", notYet),
  absent("coder ssh, port-forward, ping, config-ssh, open", notOurs),
  absent("coder schedule, favorite, rename, dotfiles, state", notOurs),
  absent("coder organizations, groups, licenses, features", "there is one organization and no licence"),
  absent("coder external-auth, publickey, netcheck, speedtest", notOurs),
];

export const ownCommands: { command: string; what: string }[] = [
  { command: "belfry run", what: "runs a command, then tells you whether it succeeded" },
  {
    command: "belfry drift",
    what: "what a plan would replace on a claim, and the cure, before anybody is hurt",
  },
  { command: "belfry notifications list", what: "your inbox; with `--all` the delivery log" },
  { command: "belfry notifications read", what: "marks as read" },
  { command: "belfry notifications explain", what: "why it went to somebody, or why not" },
  { command: "belfry notifications retry", what: "once more what has failed for good" },
  { command: "belfry notifications templates", what: "what notifications say, in versions" },
  { command: "belfry templates deprecate", what: "marks one as no longer to be used" },
  { command: "belfry builds wait", what: "until a build has ended; the exit code is its outcome" },
  { command: "belfry admin backup", what: "a copy of the running database" },
  { command: "belfry admin restore", what: "a copy back into its place" },
  { command: "belfry admin migrate", what: "brings a server's database to this release" },
  { command: "belfry admin accept-key", what: "goes on after the secret key was lost" },
];

/** Tried with Coder's own program, releases 2.27 and 2.30; the exchanges are a test. */
export const worksWithCoder = [
  "coder login (first user, --token, browser)",
  "coder logout",
  "coder whoami",
  "coder users create, list, show, suspend, activate, edit-roles, delete",
  "coder tokens create, list, view, remove",
  "coder notifications pause, resume, test, custom",
  "coder organizations show",
];
