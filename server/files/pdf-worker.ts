import { parentPort, workerData } from 'node:worker_threads'
import { ColloquyError, type ErrorCode } from '@colloquy/shared'
import { readPdf, unreadable } from './read-pdf.ts'

// Entry of the thread that reads one PDF and ends.

export interface PdfJob {
  bytes: Uint8Array
  /** UTF-8 bytes of text that it may have. */
  most: number
}

export type FromPdfWorker =
  | { text: string }
  | { refusal: { code: ErrorCode; message: string; details: unknown } }

async function answer({ bytes, most }: PdfJob): Promise<FromPdfWorker> {
  try {
    return { text: await readPdf(bytes, most) }
  } catch (error) {
    const { code, message, details } = error instanceof ColloquyError ? error : unreadable('BROKEN')
    return { refusal: { code, message, details } }
  }
}

parentPort?.postMessage(await answer(workerData as PdfJob))
