import { setTimeout as wait } from 'node:timers/promises'
import { readContent } from '../../server/session/lane-doc.ts'
import { textOf } from '../kit/text.ts'
import { ANA, quiet, Readers, stage } from './stage.ts'
import type { Figure } from './table.ts'

const TOKENS = 2000
/** The pace of the offline model by default: few tokens a window, so the dearest for the wire. */
const TPS = 40

/** What an answer of 2,000 tokens costs in the stored doc and for each reader on the wire. */
export async function answerSize(): Promise<Figure[]> {
  const on = await stage({ tps: TPS })
  const readers = new Readers()
  await readers.join(await on.docUrls(2))
  await wait(200)
  await readers.report()
  await on.submit(`/write ${TOKENS}`)
  await quiet(on)
  await wait(200)
  const { wireBytes, docBytes } = await readers.report()
  const session = await on.server.sessions.open(on.sessionId)
  const source = session.lane(`${on.sessionId}/main@1`, ANA.userId)
  const answer = source ? readContent(source.doc).messages.at(-1) : undefined
  const text = Buffer.byteLength(textOf(answer))
  readers.close()
  await on.close()
  return [
    { what: `an answer of ${TOKENS} words at ${TPS}/s: its text`, value: text, unit: 'bytes', kind: 'size' },
    { what: 'stored doc', value: docBytes / text, unit: '× text', bound: 1.5, kind: 'size' },
    { what: 'on the wire for each reader', value: wireBytes / text, unit: '× text', bound: 4, kind: 'size' },
  ]
}
