import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import { Router } from 'wouter'
import { memoryLocation } from 'wouter/memory-location'
import { PanelContext } from '../panel/panel-open.ts'
import { Announcer } from '../parts/announcer.tsx'
import { Boundary } from '../parts/boundary.tsx'
import { BoxContext } from '../parts/box.ts'
import { Once } from '../parts/once.tsx'
import { type Slots, SlotsContext } from '../parts/slots.ts'
import { Store } from '../parts/store.ts'
import { Toasts } from '../parts/toasts.tsx'
import { Notice } from '../screens/notice.tsx'
import { GivenSession } from '../sign-in/given-session.tsx'
import type { Given } from '../sign-in/use-given-account.ts'

export interface ColloquySessionProps {
  /** Where the server is; in a page, a relative URL counts from that page. */
  url: string
  /** Id of the session. */
  session: string
  /** As for `connect`; the last one rendered is asked. Without it the browser's cookie tells who this is. */
  auth?: (() => string | Promise<string>) | undefined
  /** Default: as the person's system. */
  theme?: 'light' | 'dark' | 'system' | undefined
  /** Parts that the app draws itself; keep the object the same from one render to the next. */
  components?: Slots | undefined
}

const NONE: Slots = {}
const BROKEN = (
  <Notice
    title="Something broke here"
    text="What you wrote and what was sent is kept. Load the page again."
  />
)

/**
 * A session with all that the workspace has for it, in a page of yours: it fills the element around it, and looks by
 * `@colloquy/client/styles.css`, which touches nothing else on the page. For another person give it a new `key`.
 */
export function ColloquySession({
  url,
  session,
  auth,
  theme = 'system',
  components = NONE,
}: ColloquySessionProps) {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const [{ hook }] = useState(() => memoryLocation({ path: '/' }))
  const [panel] = useState(() => new Store(false))
  const given = useGiven(url, auth)
  return (
    <div ref={box} className="colloquy" data-theme={theme === 'system' ? undefined : theme}>
      <BoxContext value={width}>
        <PanelContext value={panel}>
          <SlotsContext value={components}>
            <Router hook={hook}>
              <Boundary fallback={BROKEN}>
                <GivenSession key={session} given={given} session={session} />
              </Boundary>
            </Router>
            <Once>
              <Toasts />
              <Announcer />
            </Once>
          </SlotsContext>
        </PanelContext>
      </BoxContext>
    </div>
  )
}

function useGiven(url: string, auth: ColloquySessionProps['auth']): Given {
  const latest = useRef(auth)
  useLayoutEffect(() => {
    latest.current = auth
  })
  const withToken = auth !== undefined
  return useMemo(() => {
    const ask = () => {
      if (!latest.current) throw new Error('the page no longer gives `auth`')
      return latest.current()
    }
    return { url, auth: withToken ? ask : undefined, embedded: 'app' }
  }, [url, withToken])
}

function useWidth(box: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    setWidth(element.clientWidth)
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [box])
  return width
}
