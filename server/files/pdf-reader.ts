import { Worker } from 'node:worker_threads'
import { ColloquyError } from '@colloquy/shared'
import pLimit from 'p-limit'
import type { FromPdfWorker, PdfJob } from './pdf-worker.ts'
import { unreadable } from './read-pdf.ts'

/** UTF-8 bytes of a PDF. */
export const PDF_BYTES = 10 * 1024 * 1024
/** Threads that read files at the same time, in this process … */
const AT_ONCE = 2
/** … and files that wait for one: each holds its bytes. */
const WAITING = 20
/** What one file may take, in ms. */
const TIMEOUT_MS = 20_000

const MB = 1024 * 1024
/** What one file may use of the engine's own memory, in MB. */
const MEMORY = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 }
/** Bytes beside that: what a file unpacks to lies there, and a small one may unpack to gigabytes. */
const BUFFERS = 256 * MB
const LOOK_MS = 50

/** The text of a PDF. @throws ColloquyError `UNREADABLE_FILE`, `TOO_LARGE`, `RATE_LIMITED` */
export type PdfReader = (bytes: Uint8Array, most: number) => Promise<string>

/**
 * Reads PDFs away from the event loop: each in a thread of its own with bounded time and memory, so that a file made to
 * be slow or large harms nothing but itself, and none finds anything of another.
 */
export function createPdfReader(timeout = TIMEOUT_MS): PdfReader {
  const turns = pLimit(AT_ONCE)
  return async (bytes, most) => {
    if (turns.pendingCount >= WAITING) throw new ColloquyError('RATE_LIMITED', 'Too many files at once.')
    return turns(() => readInThread({ bytes, most }, timeout))
  }
}

async function readInThread(job: PdfJob, timeout: number): Promise<string> {
  const worker = new Worker(new URL('./pdf-worker.ts', import.meta.url), {
    workerData: job,
    resourceLimits: MEMORY,
    env: {},
    stdout: true,
    stderr: true,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const { promise: over, reject } = Promise.withResolvers<never>()
  const late = setTimeout(() => reject(unreadable('TOO_COMPLEX')), timeout)
  const look = setInterval(() => {
    worker.getHeapStatistics().then(
      ({ external_memory }) => external_memory > BUFFERS && reject(unreadable('TOO_COMPLEX')),
      () => undefined,
    )
  }, LOOK_MS)
  try {
    return await Promise.race([answerOf(worker), over])
  } finally {
    clearTimeout(late)
    clearInterval(look)
    await worker.terminate()
  }
}

function answerOf(worker: Worker): Promise<string> {
  return new Promise((resolve, reject) => {
    worker.once('message', (answer: FromPdfWorker) => {
      if ('text' in answer) return resolve(answer.text)
      const { code, message, details } = answer.refusal
      reject(new ColloquyError(code, message, details))
    })
    // Out of memory, or a fault of what reads it.
    worker.once('error', () => reject(unreadable('TOO_COMPLEX')))
    worker.once('exit', () => reject(unreadable('TOO_COMPLEX')))
  })
}
