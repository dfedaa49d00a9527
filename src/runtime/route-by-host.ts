// Which organization of a process a request is for.
import type { IncomingMessage } from "node:http";
import type { Config } from "../config/config.ts";
import { earlyHeaders } from "../http/rules/default-headers.ts";
import { organizationOf, type Organization } from "./organizations.ts";

/** Organizations of one process, each with a database of its own. */
export interface Organizations {
  all: readonly [Organization, ...Organization[]];
  /** The id of the one that this Host header is for; undefined for none. Without it, the first has all requests. */
  of?: (host: string | undefined) => string | undefined;
}

export const onlyOne = (config: Config): Organizations => ({ all: [organizationOf(config)] });

/** What the runtime knows about a request. */
interface Bindings {
  incoming?: IncomingMessage;
}

export function routeByHost<T extends { id: string }>({ of }: Organizations, opened: readonly T[]) {
  const firstId = opened[0]!.id;
  const idOf = ({ incoming }: Bindings) => (of === undefined ? firstId : of(incoming?.headers.host));
  const byId = new Map(opened.map((organization) => [organization.id as string | undefined, organization]));
  return {
    find: (runtime: Bindings) => byId.get(idOf(runtime)),
    /** Answers each request as its organization does. */
    by: <B>(answerOf: (organization: T) => Answer<B>): Answer<B> => {
      const answers = new Map([...byId].map(([id, organization]) => [id, answerOf(organization)]));
      return (request, runtime) => (answers.get(idOf(runtime as Bindings)) ?? refuse)(request, runtime);
    },
  };
}

type Answer<B> = (request: Request, runtime: B) => Response | Promise<Response>;

const refuse = () =>
  new Response("No organization has this address.\n", { status: 421, headers: earlyHeaders });
