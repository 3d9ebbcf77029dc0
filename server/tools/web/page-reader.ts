import { Worker } from 'node:worker_threads'
import pLimit from 'p-limit'
import { ToolError } from '../tool.ts'
import { orAbort } from './or-abort.ts'
import type { FromPageWorker } from './page-worker.ts'
import type { PageJob, PageReading } from './read-page.ts'

/** Threads that read pages at the same time, in this process; other pages wait. */
const AT_ONCE = 2

/** What one page may use, in MB: some sixty times the largest body that is read. */
const MEMORY = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 }

export type PageReader = (job: Omit<PageJob, 'formatted'>, signal: AbortSignal) => Promise<PageReading>

/**
 * Reads pages away from the event loop: each in a thread of its own, so that a page made to be slow or large
 * harms nothing but its own call, and no page finds anything of another. A page that is too complex to format
 * gets a second thread, which does not try.
 * @param timeout ms that each of the two may take
 */
export function createPageReader(timeout: number): PageReader {
  const turns = pLimit(AT_ONCE)
  return (job, signal) =>
    orAbort(
      turns(() => readInThreads(job, timeout, signal)),
      signal,
    )
}

async function readInThreads(
  job: Omit<PageJob, 'formatted'>,
  timeout: number,
  signal: AbortSignal,
): Promise<PageReading> {
  for (const formatted of [true, false]) {
    try {
      return await readInThread({ ...job, formatted }, timeout, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof ToolError) throw error
    }
  }
  throw new ToolError('The page is too complex to read.')
}

async function readInThread(job: PageJob, timeout: number, signal: AbortSignal): Promise<PageReading> {
  signal.throwIfAborted()
  const worker = new Worker(new URL('./page-worker.ts', import.meta.url), {
    workerData: job,
    resourceLimits: MEMORY,
    env: {},
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  try {
    return await orAbort(answerOf(worker), AbortSignal.any([signal, AbortSignal.timeout(timeout)]))
  } finally {
    await worker.terminate()
  }
}

function answerOf(worker: Worker): Promise<PageReading> {
  return new Promise((resolve, reject) => {
    worker.once('message', (answer: FromPageWorker) => {
      if ('reading' in answer) resolve(answer.reading)
      else reject(new ToolError(answer.refusal))
    })
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('the thread ended')))
  })
}
