// Counts what the database is asked: batches sent, and for a libSQL server the rows that it read and wrote for them.
// Give `onTrip` and `onAnswer` to `startTestServer` (or to `createDatabase` and `openClient`), then look.

export interface Meter {
  /** Batches sent, each one round trip. */
  trips: number;
  rowsRead: number;
  rowsWritten: number;
  reset: () => void;
  onTrip: () => void;
  /** Takes a server's answer, as JSON text. */
  onAnswer: (text: string) => void;
}

interface PipelineAnswer {
  results: { response?: { result?: { step_results?: (StepResult | null)[] } & Partial<StepResult> } }[];
}
interface StepResult {
  rows_read: number;
  rows_written: number;
}

export function createMeter(): Meter {
  const meter: Meter = {
    trips: 0,
    rowsRead: 0,
    rowsWritten: 0,
    reset: () => Object.assign(meter, { trips: 0, rowsRead: 0, rowsWritten: 0 }),
    onTrip: () => (meter.trips += 1),
    onAnswer: (text) => {
      for (const { response } of (JSON.parse(text) as PipelineAnswer).results) {
        // A batch has a result for each step, a single statement is one.
        const steps = response?.result?.step_results ?? [response?.result];
        for (const step of steps) {
          meter.rowsRead += step?.rows_read ?? 0;
          meter.rowsWritten += step?.rows_written ?? 0;
        }
      }
    },
  };
  return meter;
}
