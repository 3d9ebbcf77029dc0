/**
 * A session behind the AI SDK's `useChat`: an app that has one changes its transport.
 *
 * ```tsx
 * import { useChat } from '@ai-sdk/react'
 * import { SessionChatTransport } from '@colloquy/client/ai-sdk'
 *
 * const transport = new SessionChatTransport({ url: 'https://ai.acme.dev', session: 'ses_…', auth: () => getToken() })
 * const { messages, sendMessage, stop } = useChat({ transport })
 * ```
 *
 * `useChat` shows one's own prompts and their answers; what others ask is in the session's snapshots.
 */
export { SessionChatTransport } from './transport.ts'
