// How rows are copied: of which table, how many, and what differs.

/** How many there are of each. */
export interface Sizes {
  users: number;
  templates: number;
  /** Presets with a pool and one prebuilt workspace. */
  pools: number;
  /** mia's, and as many of each of the others together. */
  workspaces: number;
  /** Of one of mia's workspaces. */
  builds: number;
  /** Older builds of the others' workspaces. */
  pastBuilds: number;
  messages: number;
  inbox: number;
  audit: number;
  /** Of agents: of mia and of the others together. */
  sessions: number;
}

export interface Copies {
  table: string;
  count: keyof Sizes;
  /** SQL: which row is copied. */
  from: string;
  /** SQL of the columns that differ, where `n` is the number of the copy. */
  but: Record<string, string>;
}

/** An id of the n-th of a kind. */
export const id = (kind: number, n = "n") => `printf('%08x-0000-7000-8000-%012x', ${kind}, ${n})`;
export const kind = {
  user: 1,
  template: 2,
  version: 3,
  preset: 4,
  mine: 5,
  theirs: 6,
  mineBuild: 7,
  theirsBuild: 8,
  pool: 9,
  poolBuild: 10,
  past: 11,
  further: 12,
  event: 13,
  message: 14,
  myMessage: 15,
  inbox: 16,
  myInbox: 17,
  audit: 18,
  rareAudit: 19,
  resource: 20,
  agent: 21,
  app: 22,
  status: 23,
  log: 24,
  situation: 25,
  situationEvent: 26,
  key: 27,
  resolved: 28,
  session: 29,
  mute: 30,
  ended: 31,
  live: 32,
  answered: 33,
  question: 34,
  pinned: 35,
  receipt: 36,
  received: 37,
  group: 38,
} as const;

/** One of the users, the same for each copy. */
export const aUser = (sizes: Sizes) => id(kind.user, `1 + n % ${sizes.users}`);
