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
  /** The answer to a request that is refused. */
  refuse: (request: { method: string; path: string }, told: Told) => Refusal | undefined;
  /** The same application behind the gate. */
  guard: <C>(answer: Answer<C>, told: Told) => Answer<C>;
}

interface Told {
  log: Log;
  measures: Measures | null;
}

export interface Refusal {
  status: number;
  headers: Record<string, string>;
  body: string;
}

type Answer<C> = (request: Request, context: C) => Response | Promise<Response>;

/** What operators and probes ask, and what costs nothing. */
const alwaysOpen = /^\/(healthz|readyz|metrics|assets\/.*)$/;
/** At most one log line about it in this time. */
const logIntervalMs = 60_000;

export function createGate(): Gate {
  const admission = createAdmission();
  const notice = createNotice();
  const ended = () => admission.ended(performance.now());

  function track<T>(work: Promise<T>): Promise<T> {
    admission.started();
    work.then(ended, ended);
    return work;
  }

  const refuse: Gate["refuse"] = ({ method, path }, told) => {
    if (admission.isOpen(performance.now()) || alwaysOpen.test(path)) return undefined;
    notice(method, told);
    return path.startsWith("/api/") ? ofApi : ofPages;
  };

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
    refuse,
    guard: (answer, told) => (request, context) => {
      const refusal = refuse({ method: request.method, path: new URL(request.url).pathname }, told);
      return refusal === undefined ? answer(request, context) : new Response(refusal.body, refusal);
    },
  };
}

const message = "Too many requests at the moment.";
const detail = "Nothing was changed. Try again in a second.";

const headers = { ...earlyHeaders, "retry-after": "1" };
const ofApi: Refusal = {
  status: 503,
  headers: { ...headers, "content-type": "application/json" },
  body: JSON.stringify({ message, detail }),
};
const ofPages: Refusal = {
  status: 503,
  headers: { ...headers, "content-type": "text/plain; charset=UTF-8" },
  body: `${message} ${detail}\n`,
};

/** Logs the first, and once a minute how many there were. */
function createNotice() {
  let [count, quietUntil] = [0, 0];
  return (method: string, { log, measures }: Told) => {
    count += 1;
    const now = performance.now();
    if (now >= quietUntil) {
      quietUntil = now + logIntervalMs;
      log.warn("more requests than can be answered; some are refused", { refused: count });
    }
    measures?.requestStarted();
    measures?.requestEnded({ method, route: "refused", status: 503, milliseconds: 0 });
  };
}
