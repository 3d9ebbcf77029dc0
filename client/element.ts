/**
 * `<colloquy-session>`: a session of a Colloquy server in a page of another origin, in a frame.
 *
 * ```html
 * <script type="module" src="https://ai.acme.dev/element.js"></script>
 * <colloquy-session url="https://ai.acme.dev" session="ses_…"></colloquy-session>
 * <script type="module">
 *   document.querySelector('colloquy-session').auth = () => getToken()
 * </script>
 * ```
 *
 * The server has to name this page's origin in `COLLOQUY_EMBED_ORIGINS`. What the frame shows, this page cannot read;
 * and the token goes to the server's own origin alone.
 */
import { EMBED_PATH, type FromElement, fromFrame, themeOf } from '@colloquy/shared/embed'

/** `error`: there is nothing to see, and the element says why. */
export type SessionElementState = 'idle' | 'loading' | 'ready' | 'ended' | 'error'

export interface SessionElementEvents {
  /** The transcript is there. */
  'colloquy-ready': CustomEvent<null>
  /** For good; `reason` is a code such as `REVOKED`, as in a snapshot's `connection`. */
  'colloquy-ended': CustomEvent<{ reason: string }>
  /** `message` is what the element shows. */
  'colloquy-error': CustomEvent<{ message: string }>
}

/** A page that was let in speaks soon after it has loaded; one that never loads may be on a slow line. */
const AFTER_LOAD_MS = 5_000
const ALTOGETHER_MS = 20_000

const STYLE = `
:host { display: block; block-size: 600px; position: relative }
:host([hidden]) { display: none }
iframe { display: block; inline-size: 100%; block-size: 100%; border: 0 }
[role=alert] { position: absolute; inset: 0; display: grid; place-content: center; justify-items: center; gap: 12px;
  padding: 24px; margin: 0; font: 14px/22px system-ui, sans-serif; text-align: center; background: Canvas; color: CanvasText }
p { margin: 0; max-inline-size: 48ch }
button { font: inherit; min-block-size: 32px }`

// A server that renders pages has no elements, and may import this all the same.
const Element = globalThis.HTMLElement ?? (class {} as typeof HTMLElement)

/**
 * Attributes: `url`, where the server is; `session`, the id of one; `theme`, `light`, `dark` or `system`; `title`, what
 * the frame is called for those who do not see it.
 */
export class ColloquySessionElement extends Element {
  static readonly observedAttributes = ['url', 'session', 'theme', 'title']

  #auth: (() => string | Promise<string>) | null = null
  #state: SessionElementState = 'idle'
  #frame: HTMLIFrameElement | null = null
  /** Where the server is, without a final slash; and its origin. */
  #base = ''
  #origin = ''
  /** Whether the page in the frame has spoken. */
  #heard = false
  /** A question that came before `auth` was set. */
  #open: number | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #due = false

  /** Gives the person's token; asked again when it has lapsed. For another person, `reload`. */
  get auth(): (() => string | Promise<string>) | null {
    return this.#auth
  }

  set auth(auth: (() => string | Promise<string>) | null) {
    this.#auth = typeof auth === 'function' ? auth : null
    const open = this.#open
    this.#open = null
    if (open !== null) void this.#answer(open)
  }

  get state(): SessionElementState {
    return this.#state
  }

  connectedCallback(): void {
    // What was set before the element was defined hides the accessor.
    if (Object.hasOwn(this, 'auth')) {
      const { auth } = this
      Reflect.deleteProperty(this, 'auth')
      this.auth = auth
    }
    addEventListener('message', this.#hear)
    this.reload()
  }

  disconnectedCallback(): void {
    removeEventListener('message', this.#hear)
    this.#clear()
    this.#state = 'idle'
  }

  attributeChangedCallback(name: string): void {
    if (!this.#frame) return
    if (name === 'theme') this.#say({ colloquy: 'theme', theme: this.#theme })
    else if (name === 'title') this.#frame.title = this.#title
    else this.#reloadSoon()
  }

  /** Begins anew: asks `auth` who this is. */
  reload(): void {
    this.#clear()
    const [url, session] = [this.getAttribute('url'), this.getAttribute('session')]
    if (!this.isConnected || url === null || !session) return
    const base = URL.canParse(url, document.baseURI) ? new URL(url, document.baseURI) : null
    if (!base || !/^https?:$/.test(base.protocol)) {
      this.#fail(`“${url}” is no address of a server.`)
      return
    }
    this.#state = 'loading'
    this.#origin = base.origin
    this.#base = base.origin + base.pathname.replace(/\/+$/, '')
    this.#show(`${this.#base}${EMBED_PATH}/s/${encodeURIComponent(session)}?theme=${this.#theme}`)
  }

  get #theme() {
    return themeOf(this.getAttribute('theme')) ?? 'system'
  }

  get #title(): string {
    return this.title || 'Colloquy session'
  }

  #show(src: string): void {
    const frame = document.createElement('iframe')
    frame.title = this.#title
    frame.allow = 'clipboard-write'
    // It keeps its own origin: the server knows its page by that, and the page its drafts.
    frame.sandbox.add('allow-scripts', 'allow-same-origin', 'allow-forms', 'allow-downloads')
    frame.sandbox.add('allow-popups', 'allow-popups-to-escape-sandbox')
    // The page may have to find out by it where it is.
    frame.referrerPolicy = 'origin'
    frame.src = src
    frame.addEventListener('load', () => this.#expect(AFTER_LOAD_MS))
    this.#frame = frame
    this.#expect(ALTOGETHER_MS)
    this.#root.append(frame)
  }

  get #root(): ShadowRoot {
    if (this.shadowRoot) return this.shadowRoot
    const root = this.attachShadow({ mode: 'open' })
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLE)
    root.adoptedStyleSheets = [sheet]
    return root
  }

  #clear(): void {
    clearTimeout(this.#timer)
    this.#frame = null
    this.#heard = false
    this.#open = null
    this.shadowRoot?.replaceChildren()
  }

  /** Attributes are set one after the other. */
  #reloadSoon(): void {
    if (this.#due) return
    this.#due = true
    queueMicrotask(() => {
      this.#due = false
      if (this.isConnected) this.reload()
    })
  }

  /** Browsers tell nobody that a frame was refused: all that can be seen is that its page never speaks. */
  #expect(ms: number): void {
    if (this.#heard) return
    clearTimeout(this.#timer)
    const frame = this.#frame
    this.#timer = setTimeout(async () => {
      const message = await this.#whySilent()
      if (this.#frame === frame && !this.#heard) this.#fail(message)
    }, ms)
  }

  async #whySilent(): Promise<string> {
    try {
      const answer = await fetch(`${this.#base}${EMBED_PATH}/origins`, { credentials: 'omit' })
      const { origins } = (await answer.json()) as { origins: unknown }
      if (Array.isArray(origins) && origins.includes(location.origin)) return `${this.#base} does not answer.`
      return `${this.#base} does not let this page show it. Its operator has to name ${location.origin} in COLLOQUY_EMBED_ORIGINS.`
    } catch {
      return `${this.#base} cannot be reached.`
    }
  }

  #fail(message: string): void {
    this.#state = 'error'
    const alert = document.createElement('div')
    alert.setAttribute('role', 'alert')
    const [text, again] = [document.createElement('p'), document.createElement('button')]
    text.textContent = message
    again.textContent = 'Try again'
    again.addEventListener('click', () => this.reload())
    alert.append(text, again)
    this.#root.append(alert)
    this.#tell('colloquy-error', { message })
  }

  readonly #hear = ({ source, origin, data }: MessageEvent<unknown>): void => {
    const frame = this.#frame
    if (!frame?.contentWindow || source !== frame.contentWindow || origin !== this.#origin) return
    const said = fromFrame(data)
    if (!said) return
    if (!this.#heard) this.#welcome()
    if (said.colloquy === 'ask') void this.#answer(said.ask)
    else if (said.colloquy === 'ready') {
      // It says so again whenever a lost connection is back.
      if (this.#state === 'ready') return
      this.#state = 'ready'
      this.#tell('colloquy-ready', null)
    } else {
      this.#state = 'ended'
      this.#tell('colloquy-ended', { reason: said.reason })
    }
  }

  /** It may come after all, and late. */
  #welcome(): void {
    this.#heard = true
    clearTimeout(this.#timer)
    this.#root.querySelector('[role=alert]')?.remove()
    if (this.#state === 'error') this.#state = 'loading'
  }

  async #answer(ask: number): Promise<void> {
    const [auth, frame] = [this.#auth, this.#frame]
    if (!auth) {
      this.#open = ask
      return
    }
    let token: string | null = null
    try {
      token = await auth()
    } catch (error) {
      // The app's own fault; its page is where it is looked for.
      console.error(error)
    }
    // Meanwhile it may be another session, of another server.
    if (this.#frame === frame) this.#say({ colloquy: 'token', ask, token })
  }

  #say(message: FromElement): void {
    if (this.#heard) this.#frame?.contentWindow?.postMessage(message, this.#origin)
  }

  #tell<K extends keyof SessionElementEvents>(name: K, detail: SessionElementEvents[K]['detail']): void {
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'colloquy-session': ColloquySessionElement
  }
}

if (globalThis.customElements && !customElements.get('colloquy-session')) {
  customElements.define('colloquy-session', ColloquySessionElement)
}
