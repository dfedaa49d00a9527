// Refuses requests early while there are more of them than the process can answer, so that those that it takes are answered.
import type { Database } from "../../db/client.ts";
import { earlyHeaders } from "../http/rules/default-headers.ts";
import type { Process } from "../kernel/deps.ts";
import type { Log } from "../kernel/log.ts";
import type { Measures } from "../kernel/measures.ts";
import { createAdmission, type Admission } from "./rules/admission.ts";

export interface Gate {
  /** The same database, whose batches count. */
  count: (db: Database) => Database;
  /** The same process, whose waiting events count. */
  countEvents: <T extends Process>(process: T) => T;
  delayed: Admission["delayed"];
  /** The same application behind the gate. */
  guard: <C>(answer: Answer<C>, told: { log: Log; measures: Measures | null }) => Answer<C>;
}

type Answer<C> = (request: Request, context: C) => Response | Promise<Response>;

/** What operators and probes ask, and what costs nothing. */
const alwaysOpen = /^\/(healthz|readyz|metrics|assets\/.*)$/;
/** At most one log line about it in this time. */
const logIntervalMs = 60_000;

export function createGate(): Gate {
  const admission = createAdmission();
  const ended = () => admission.ended(performance.now());

  function track<T>(work: Promise<T>): Promise<T> {
    admission.started();
    work.then(ended, ended);
    return work;
  }

  const count = (db: Database): Database => ({
    read: (...read) => track(db.read(...read)),
    write: (...write) => track(db.write(...write)),
    observe: (...observer) => count(db.observe(...observer)),
    close: db.close,
  });

  return {
    count,
    countEvents: (process) => {
      const { enqueueGroup: group } = process;
      return group === null
        ? process
        : { ...process, enqueueGroup: { add: (rows) => track(group.add(rows)) } };
    },
    delayed: admission.delayed,
    guard: (answer, told) => {
      const refuse = createRefusal(told);
      return (request, context) => {
        if (admission.isOpen(performance.now())) return answer(request, context);
        const { pathname } = new URL(request.url);
        return alwaysOpen.test(pathname) ? answer(request, context) : refuse(request, pathname);
      };
    },
  };
}

const message = "Too many requests at the moment.";
const detail = "Nothing was changed. Try again in a second.";

function createRefusal({ log, measures }: { log: Log; measures: Measures | null }) {
  let [count, quietUntil] = [0, 0];
  return ({ method }: Request, path: string): Response => {
    count += 1;
    if (performance.now() >= quietUntil) {
      quietUntil = performance.now() + logIntervalMs;
      log.warn("more requests than can be answered; some are refused", { refused: count });
    }
    measures?.requestStarted();
    measures?.requestEnded({ method, route: "refused", status: 503, milliseconds: 0 });
    const headers = { ...earlyHeaders, "retry-after": "1" };
    if (path.startsWith("/api/")) return Response.json({ message, detail }, { status: 503, headers });
    return new Response(`${message} ${detail}\n`, { status: 503, headers });
  };
}
