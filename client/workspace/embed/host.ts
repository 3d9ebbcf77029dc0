import { type EmbedTheme, type FromFrame, fromElement } from '@colloquy/shared/embed'

/** Longer than somebody needs to sign in at the page around this one. */
const PATIENCE_MS = 60_000

interface Question {
  ask: number
  answer: Promise<string>
  settle(token: string | null): void
}

/**
 * The page around this one, as far as it may have a part here: it is `window.parent` itself, of an origin that the
 * server names. Whatever anybody else posts is not looked at. Tokens stay in memory.
 */
export class Host {
  readonly #window: Window
  readonly #origins: readonly string[]
  readonly #themed: (theme: EmbedTheme) => void
  #origin: string | null
  #question: Question | null = null
  #asked = 0

  /** @param origins who may embed this server, as the server says */
  constructor(page: Window, origins: readonly string[], themed: (theme: EmbedTheme) => void) {
    this.#window = page
    this.#origins = origins
    this.#themed = themed
    this.#origin = originAround(page, origins)
    page.addEventListener('message', this.#hear)
  }

  /** Rejects when the page around has none to give. */
  readonly token = (): Promise<string> => {
    this.#question ??= this.#pose()
    return this.#question.answer
  }

  tell(message: FromFrame): void {
    // Where the browser does not tell who is around, all who may be are told; it hands it to nobody else.
    for (const origin of this.#origin === null ? this.#origins : [this.#origin]) {
      this.#window.parent.postMessage(message, origin)
    }
  }

  close(): void {
    this.#window.removeEventListener('message', this.#hear)
    this.#question?.settle(null)
  }

  #pose(): Question {
    const ask = ++this.#asked
    const { promise: answer, resolve, reject } = Promise.withResolvers<string>()
    const timer = setTimeout(() => settle(null), PATIENCE_MS)
    const settle = (token: string | null) => {
      clearTimeout(timer)
      this.#question = null
      if (token === null) reject(new Error('the page around this one gave no token'))
      else resolve(token)
    }
    this.tell({ colloquy: 'ask', ask })
    return { ask, answer, settle }
  }

  readonly #hear = ({ source, origin, data }: MessageEvent<unknown>): void => {
    if (source !== this.#window.parent || source === this.#window || !this.#origins.includes(origin)) return
    if (this.#origin !== null && origin !== this.#origin) return
    const said = fromElement(data)
    if (!said) return
    this.#origin = origin
    if (said.colloquy === 'theme') this.#themed(said.theme)
    else if (said.ask === this.#question?.ask) this.#question.settle(said.token)
  }
}

/** Which of these is around the page, where the browser tells. */
function originAround({ location, document }: Window, origins: readonly string[]): string | null {
  const [ancestor] = location.ancestorOrigins ?? []
  const told = ancestor ?? (URL.canParse(document.referrer) ? new URL(document.referrer).origin : '')
  return origins.includes(told) ? told : null
}
