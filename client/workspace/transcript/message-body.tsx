import type { Message, MessagePart } from '@colloquy/client'
import { Suspense } from 'react'
import { soon } from '../parts/later.tsx'
import { useSlots } from '../parts/slots.ts'
import { CallCard } from './calls/call-card.tsx'
import { phaseOf } from './calls/call-phase.ts'
import { Markdown } from './markdown/markdown.tsx'
import { WaitingLine } from './waiting-line.tsx'
import { waitOf } from './waiting-words.ts'

const ApprovalCard = soon(() => import('./calls/approval-card.tsx'))

export interface MessageBodyProps {
  message: Message
  mine: boolean
  onDecided: () => void
}

const NONE: readonly never[] = []

/** What a message says and what it called, in the order in which it did. */
export function MessageBody({ message, mine, onDecided }: MessageBodyProps) {
  const { Text = Markdown } = useSlots()
  const { metadata } = message
  const live = metadata.status === 'streaming'
  const parts = message.parts.filter((part) => part.type !== 'text' || part.text !== '')
  const last = parts.at(-1)
  const asks = live && parts.some((part) => isAsking(part))
  // Whom a call waits for stands in its card.
  const wait = live && !asks ? waitOf(metadata, NONE, null) : null
  return (
    <div className="flex flex-col gap-2">
      {parts.map((part, i) => {
        if (part.type === 'text') {
          const grows = live && part === last && !wait
          // biome-ignore lint/suspicious/noArrayIndexKey: parts only grow at the end
          return <Text key={i} text={part.text} streaming={grows} />
        }
        const shared = { part, author: metadata.author }
        return live && isAsking(part) ? (
          <Suspense key={part.toolCallId} fallback={<CallCard {...shared} live />}>
            <ApprovalCard {...shared} mine={mine} onDecided={onDecided} />
          </Suspense>
        ) : (
          <CallCard key={part.toolCallId} {...shared} live={live} />
        )
      })}
      {wait && <WaitingLine wait={wait} />}
      {live && !wait && isSilent(last) && <Thinking />}
    </div>
  )
}

function isAsking(part: MessagePart): boolean {
  return part.type === 'dynamic-tool' && part.state === 'approval-requested'
}

/** Neither words nor a call tell that something is going on. */
function isSilent(last: MessagePart | undefined): boolean {
  if (last?.type === 'text') return false
  const phase = last && phaseOf(last, true)
  return phase !== 'asks' && phase !== 'runs' && phase !== 'waits'
}

function Thinking() {
  return (
    <p className="flex h-[22px] items-center gap-2 text-faint">
      <span className="dot-pulse size-2 rounded-full bg-ink" />
      Thinking
    </p>
  )
}
