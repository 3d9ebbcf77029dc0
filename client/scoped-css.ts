import { type Selector, type SelectorComponent, transform } from 'lightningcss'

/** The element that all of it is inside of. */
const ROOT = 'colloquy'
/** What a page alone has in place of it. */
const PAGE_TAGS = new Set(['html', 'body'])
const PAGE_ID = 'workspace'

/**
 * Whatever an app says of its elements ends at the root; what it hides is hidden. Attributes of drawings count less than
 * any style: drawings keep theirs, and have none of the app's that would change them.
 */
const BEGIN = [
  `.${ROOT}{all:initial;display:block;visibility:inherit;pointer-events:inherit}`,
  `.${ROOT} :where(:not(svg,svg *)){all:revert}`,
  `.${ROOT} svg[fill=none]{fill:none}.${ROOT} svg[fill=currentColor]{fill:currentColor}`,
  `.${ROOT} svg{max-width:none;padding:0;border:0;background:none;box-shadow:none;filter:none;letter-spacing:inherit}`,
].join('')

/**
 * The same styles for inside of `.colloquy` alone. Layers go: what an app has outside of them would win over all that
 * is in them. In their place what came in a later layer counts more by naming the root more often. Sizes are asked of
 * the root, not of the page, whose own font size counts for nothing.
 */
export function scoped(css: string): string {
  let weight = 1
  const { code } = transform({
    filename: 'styles.css',
    code: Buffer.from(askOfRoot(inPixels(css))),
    minify: true,
    visitor: {
      Rule: {
        'layer-block': ({ value: { name } }) => {
          weight = name?.[0] === 'utilities' ? 2 : 1
        },
        'layer-statement': () => [],
        'font-face': () => [],
      },
      Selector: (selector) => within(selector, weight),
    },
  })
  return `${BEGIN}${withoutLayers(code.toString())}.${ROOT}{container:${ROOT}/inline-size;position:relative}\n`
}

const inPixels = (css: string) =>
  css.replace(/(?<![\w.-])(-?\d*\.?\d+)rem\b/g, (_, rems) => `${Number(rems) * 16}px`)

function askOfRoot(css: string): string {
  return css
    .replace(/@media not all and (?=\(width)/g, `@container ${ROOT} not `)
    .replace(/@media (?=\(width)/g, `@container ${ROOT} `)
}

function within(selector: Selector, weight: number): Selector | undefined {
  const root: SelectorComponent[] = Array.from({ length: weight }, () => ({ type: 'class', name: ROOT }))
  const [first, ...rest] = selector
  if (!first) return undefined
  if (isPage(first)) return [...root, ...rest]
  return [...root, { type: 'combinator', value: 'descendant' }, ...selector]
}

function isPage(part: SelectorComponent): boolean {
  if (part.type === 'type') return PAGE_TAGS.has(part.name)
  if (part.type === 'id') return part.name === PAGE_ID
  return part.type === 'pseudo-class' && (part.kind === 'root' || part.kind === 'host')
}

/** Takes `@layer name{` and the brace that ends it away, and leaves what is between. */
function withoutLayers(css: string): string {
  const open: boolean[] = []
  return css.replace(/"(?:[^"\\]|\\.)*"|\/\*[\s\S]*?\*\/|@layer [\w-]+\{|[{}]/g, (found) => {
    if (found === '}') return open.pop() ? '' : found
    if (!found.endsWith('{')) return found
    open.push(found !== '{')
    return found === '{' ? found : ''
  })
}
