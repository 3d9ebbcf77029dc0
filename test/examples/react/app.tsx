import { SessionProvider, SessionRoom, useConnection, useSessionChat } from '@colloquy/client/react'

function Chat() {
  const { messages, sendMessage, error } = useSessionChat()
  const { state, reason } = useConnection()
  return (
    <form action={(form) => void sendMessage(String(form.get('text')))}>
      {messages.map(({ id, role, metadata, parts }) => (
        <p key={id}>
          <b>{role === 'user' ? metadata.author.name : 'Assistant'}</b>{' '}
          {parts.map((part) => (part.type === 'text' ? part.text : ` [${part.toolName}] `))}
        </p>
      ))}
      <input name="text" aria-label="Prompt" /> {state !== 'live' && (reason ?? state)} {error?.message}
    </form>
  )
}

export function Session({ url, id, getToken }: { url: string; id: string; getToken: () => string }) {
  return (
    <SessionProvider url={url} auth={getToken}>
      <SessionRoom id={id} fallback="Loading">
        <Chat />
      </SessionRoom>
    </SessionProvider>
  )
}

// From here on what an app adds: where it is mounted, and who is signed in (/?url=…&session=…#token=…).
import { createRoot } from 'react-dom/client'

const query = new URLSearchParams(location.search)
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? ''
createRoot(document.getElementById('app') as HTMLElement).render(
  <Session url={query.get('url') ?? ''} id={query.get('session') ?? ''} getToken={() => token} />,
)
