import { folded, hasAll, wordsOf } from '@colloquy/shared/search-words'
import { Command } from 'cmdk'
import { MessageSquare, Search as SearchIcon, X } from 'lucide-react'
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { IconButton } from '../parts/button.tsx'
import { offeredCommands } from '../parts/commands.ts'
import { cleanName } from '../parts/names.ts'
import { useStore } from '../parts/store.ts'
import { agoOf } from '../parts/times.ts'
import { useModal } from '../parts/use-modal.ts'
import { useSessions } from '../rail/use-sessions.ts'
import { messagePath, sessionPath } from '../sign-in/entry.ts'
import { Hit } from './hit.tsx'
import { SearchStatus } from './search-status.tsx'
import { useOwnCommands } from './use-own-commands.ts'
import { useSearch } from './use-search.ts'

/** Sessions that are shown beside all else. */
const MOST_SESSIONS = 6
const QUERY_LENGTH = 200

const ITEM =
  'mx-2 flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-1.5 text-sm data-[selected=true]:bg-wash-2'
const GROUP =
  'py-1 [&>[cmdk-group-heading]]:px-4.5 [&>[cmdk-group-heading]]:pt-1.5 [&>[cmdk-group-heading]]:pb-1 [&>[cmdk-group-heading]]:font-medium [&>[cmdk-group-heading]]:text-faint [&>[cmdk-group-heading]]:text-xs'

/** One field for going somewhere, doing something and finding what was said. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState('')
  const search = useSearch(typed)
  const [, navigate] = useLocation()
  const words = wordsOf(typed)
  const fits = (...texts: string[]) => hasAll(folded(texts.join(' ')), words)
  const all = useSessions()
  const sessions = (all ?? []).filter(({ title }) => fits(title)).slice(0, MOST_SESSIONS)
  const commands = [...useStore(offeredCommands), ...useOwnCommands()].filter(({ title, keywords }) =>
    fits(title, keywords),
  )
  const isEmpty = sessions.length + commands.length + search.hits.length === 0
  /** What is done may open something of its own: the palette has given focus back by then. */
  const act = (run: () => void) => {
    onClose()
    setTimeout(run)
  }
  const goTo = (path: string) => act(() => navigate(path))

  return (
    <Modal onClose={onClose}>
      <Command
        label="Search or run a command"
        shouldFilter={false}
        vimBindings={false}
        loop
        className="flex h-full max-h-[inherit] flex-col outline-none"
      >
        <div className="flex h-12 shrink-0 items-center gap-2.5 border-line border-b pr-2.5 pl-4">
          <SearchIcon size={16} className="shrink-0 text-faint" aria-hidden />
          <Command.Input
            value={typed}
            onValueChange={setTyped}
            maxLength={QUERY_LENGTH}
            placeholder="Search, or run a command"
            className="h-full min-w-0 flex-1 bg-transparent text-base outline-none max-md:text-lg"
          />
          <IconButton label="Close" onClick={onClose}>
            <X size={16} aria-hidden />
          </IconButton>
        </div>
        <Command.List label="Results" className="scroll min-h-0 scroll-py-2 outline-none">
          {sessions.length > 0 && (
            <Command.Group heading={words.length > 0 ? 'Sessions' : 'Recent sessions'} className={GROUP}>
              {sessions.map(({ id, title, activeAt }) => (
                <Command.Item
                  key={id}
                  value={`session ${id}`}
                  className={ITEM}
                  onSelect={() => goTo(sessionPath(id))}
                >
                  <MessageSquare size={16} className="shrink-0 text-faint" aria-hidden />
                  <span dir="auto" className="min-w-0 flex-1 truncate">
                    {cleanName(title || 'Untitled session')}
                  </span>
                  <span className="shrink-0 text-faint text-xs">{agoOf(activeAt)}</span>
                </Command.Item>
              ))}
            </Command.Group>
          )}
          {commands.length > 0 && (
            <Command.Group heading="Commands" className={GROUP}>
              {commands.map(({ id, title, Icon, run }) => (
                <Command.Item key={id} value={`command ${id}`} className={ITEM} onSelect={() => act(run)}>
                  <Icon size={16} className="shrink-0 text-faint" aria-hidden />
                  {title}
                </Command.Item>
              ))}
            </Command.Group>
          )}
          {search.hits.length > 0 && (
            <Command.Group heading="In messages" className={GROUP}>
              {search.hits.map((hit) => (
                <Command.Item
                  key={hit.messageId}
                  value={`message ${hit.messageId}`}
                  className={`${ITEM} items-start`}
                  onSelect={() => goTo(messagePath(hit.sessionId, hit.messageId))}
                >
                  <Hit hit={hit} />
                </Command.Item>
              ))}
              {search.next !== null && (
                <Command.Item value="more" disabled={search.busy} className={ITEM} onSelect={search.more}>
                  <span className="text-accent">More results</span>
                </Command.Item>
              )}
            </Command.Group>
          )}
        </Command.List>
        <div className={isEmpty ? '' : 'border-line border-t'}>
          <SearchStatus typed={typed} search={search} sessions={all?.length ?? 0} />
        </div>
      </Command>
    </Modal>
  )
}

/** Over the page near its top, where what is found can grow; all of a phone. */
function Modal({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useModal(dialog)
  // Not the first thing in it that may have focus.
  useLayoutEffect(() => dialog.current?.querySelector('input')?.focus(), [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes it by keyboard
    <dialog
      ref={dialog}
      aria-label="Search"
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={({ target }) => {
        if (target === dialog.current) onClose()
      }}
      className="enter m-0 h-dvh max-h-none w-full max-w-none overflow-hidden bg-raised p-0 text-ink md:mx-auto md:mt-[12dvh] md:h-fit md:max-h-[min(560px,76dvh)] md:w-[640px] md:rounded-lg md:border md:border-line md:shadow-float"
    >
      {children}
    </dialog>
  )
}
