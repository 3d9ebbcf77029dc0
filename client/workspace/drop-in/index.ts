/**
 * A session, ready to be looked at and written in, for a React app of yours.
 *
 * ```tsx
 * import { ColloquySession } from '@colloquy/client/workspace'
 * import '@colloquy/client/styles.css'
 *
 * <div style={{ height: '80vh' }}>
 *   <ColloquySession url="https://ai.acme.dev" session="ses_…" auth={() => getToken()} />
 * </div>
 * ```
 *
 * On `.colloquy` these CSS variables may be set: `--colloquy-accent`, `--colloquy-fill` (buttons), `--colloquy-bg`,
 * `--colloquy-side`, `--colloquy-raised`, `--colloquy-ink`, `--colloquy-line`, `--colloquy-font`, `--colloquy-mono`.
 */
import '../styles/workspace.css'

export { Header } from '../header/header.tsx'
export type { Slots } from '../parts/slots.ts'
export { default as EmptySession } from '../screens/empty-session.tsx'
export { Markdown } from '../transcript/markdown/markdown.tsx'
export { ColloquySession, type ColloquySessionProps } from './colloquy-session.tsx'
