import type { ReactNode } from 'react'
import { AssistantMark } from '../parts/avatar.tsx'
import { PageTitle } from '../parts/page-title.tsx'

export interface NoticeProps {
  title: string
  text: ReactNode
  children?: ReactNode
}

/** A whole screen that says one thing, and what to do about it. */
export function Notice({ title, text, children }: NoticeProps) {
  return (
    <main className="scroll grid h-full min-w-0 flex-1 place-items-center p-6">
      <div className="enter w-full max-w-[380px]">
        <PageTitle>{`${title} · Colloquy`}</PageTitle>
        <AssistantMark size={32} />
        <h1 className="mt-4 font-semibold text-xl tracking-tight">{title}</h1>
        <div className="mt-1.5 text-dim">{text}</div>
        {children && <div className="mt-5">{children}</div>}
      </div>
    </main>
  )
}
