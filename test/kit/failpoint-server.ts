import { systemClock } from '../../server/clock.ts'
import { createLogger } from '../../server/http/logging.ts'
import { readSettings } from '../../server/settings.ts'
import { startServer } from '../../server/start.ts'
import { Failpoints } from './failpoints.ts'
import { fastClock } from './fast-clock.ts'

// The server as a process of its own that dies where it is told to: `KILL_AT=<n>`. `FAILPOINTS` names the file
// that tells what it has passed; `CLOCK_RATE` and `CLOCK_FROM` make its time pass faster, `DISK_MS` its
// disk slower.

const {
  FAILPOINTS: file,
  KILL_AT,
  CLOCK_RATE,
  CLOCK_FROM,
  DISK_MS = '0',
  LOG = 'silent',
  ...env
} = process.env
const killAt = KILL_AT === undefined ? undefined : Number(KILL_AT)
const failpoints = new Failpoints({ file, killAt, diskMs: Number(DISK_MS) })
const { wrapJournal, wrapModel, wrapTool } = failpoints
const server = await startServer(readSettings({ argv: process.argv.slice(2), env, file: undefined }), {
  log: createLogger({ level: LOG }),
  clock: CLOCK_RATE === undefined ? systemClock : fastClock(Number(CLOCK_RATE), Number(CLOCK_FROM)),
  httpLimits: { requestsPerMinute: 1_000_000 },
  ...{ wrapJournal, wrapModel, wrapTool },
})
// Not in good order, but so that Node keeps what it has compiled: the next one starts sooner.
process.on('SIGTERM', () => process.exit(0))
console.log(`listens on ${server.url}`)
