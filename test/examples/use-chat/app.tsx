import { useChat } from '@ai-sdk/react'
import { SessionChatTransport } from '@colloquy/client/ai-sdk'
import { lastAssistantMessageIsCompleteWithApprovalResponses, type UIMessage } from 'ai'
import { createRoot } from 'react-dom/client'

// The address tells what an app would know: /?url=<server>&session=<id>#token=<the person's token>
const { url = '', session = '' } = Object.fromEntries(new URLSearchParams(location.search))
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? ''

// Before: new DefaultChatTransport({ api: '/api/chat' }). Nothing else was changed.
const transport = new SessionChatTransport({ url, session, auth: () => token })

function Chat() {
  const { messages, sendMessage, status, stop, regenerate, addToolApprovalResponse, error } = useChat({
    transport,
    resume: true,
    sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses,
  })
  const part = (each: UIMessage['parts'][number], i: number) => {
    if (each.type === 'text') return <p key={i}>{each.text}</p>
    if (each.type !== 'dynamic-tool') return null
    if (each.state !== 'approval-requested') return <pre key={i}>{`${each.toolName}: ${each.state}`}</pre>
    const decide = (approved: boolean) => addToolApprovalResponse({ id: each.approval.id, approved })
    return (
      <fieldset key={i}>
        <legend>May it call {each.toolName}?</legend>
        <Button label="Allow" act={() => decide(true)} />
        <Button label="Deny" act={() => decide(false)} />
      </fieldset>
    )
  }
  return (
    <>
      {messages.map(({ id, role, parts }) => (
        <article key={id}>
          <b>{role}</b> {parts.map(part)}
        </article>
      ))}
      <form action={(form) => void sendMessage({ text: String(form.get('text')) })}>
        <input name="text" aria-label="Prompt" />
      </form>
      {status === 'ready' || status === 'error' ? (
        <Button label="Ask again" act={regenerate} />
      ) : (
        <Button label="Stop" act={stop} />
      )}
      <p role="status">{error?.message ?? status}</p>
    </>
  )
}

const Button = ({ label, act }: { label: string; act: () => unknown }) => (
  <button type="button" onClick={() => act()}>
    {label}
  </button>
)

createRoot(document.getElementById('app') as HTMLElement).render(<Chat />)
