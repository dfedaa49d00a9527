// `npm run test:soak`: 20,000 messages while the libSQL server is killed and the network to it cut and slow. Minutes.
import { soak } from "./support/soak.ts";

const cleanUps: (() => Promise<void>)[] = [];
try {
  const report = await soak({
    messages: Number(process.env["BELFRY_TEST_SOAK"] ?? 20_000),
    senders: 32,
    faultEvery: 500,
    whenDone: (cleanUp) => void cleanUps.unshift(cleanUp),
    tell: (line) => console.log(line),
  });
  console.log(JSON.stringify({ ...report, faults: report.faults.length }, null, 2));
  if (report.lost.length + report.doubled.length > 0 || report.readyAfterwards !== 200) process.exitCode = 1;
} finally {
  for (const cleanUp of cleanUps) await cleanUp();
}
