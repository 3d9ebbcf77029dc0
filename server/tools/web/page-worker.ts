import { parentPort, workerData } from 'node:worker_threads'
import { ToolError } from '../tool.ts'
import { type PageJob, type PageReading, readPage } from './read-page.ts'

// Entry of the thread that reads one page and ends.

export type FromPageWorker = { reading: PageReading } | { refusal: string }

async function answer(job: PageJob): Promise<FromPageWorker> {
  try {
    return { reading: await readPage(job) }
  } catch (error) {
    return { refusal: error instanceof ToolError ? error.message : 'The page could not be read.' }
  }
}

parentPort?.postMessage(await answer(workerData as PageJob))
