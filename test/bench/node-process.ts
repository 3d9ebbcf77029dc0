import { createLogger } from '../../server/http/logging.ts'
import { readSettings } from '../../server/settings.ts'
import { startServer } from '../../server/start.ts'
import { stampingModel } from './model.ts'

// One of several servers of a benchmark. Run by fork with its settings in the environment; says where it listens, and on
// each message how much it has had of the processor.

const { EVERY_MS = '20', SECONDS = '8', ...env } = process.env
const server = await startServer(readSettings({ argv: ['--port=0', '--seed=none'], env }), {
  log: createLogger({ level: 'warn' }),
  model: stampingModel(Number(EVERY_MS), Number(SECONDS)),
  httpLimits: { requestsPerMinute: 1_000_000 },
})
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpu: user + system })
})
process.on('disconnect', () => process.exit(0))
process.send?.({ url: server.url })
