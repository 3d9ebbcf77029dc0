import { expect, it } from 'vitest'
import { scoped } from './scoped-css.ts'

it('[E20] styles hold inside of the root alone, later layers for more, and ask the root for sizes', () => {
  const css = scoped(`
    @layer theme, base, utilities;
    @layer theme { :root, :host { --a: 1px } }
    @layer base { html, body, #workspace { height: 100% } :root[data-theme="dark"] { color-scheme: dark } h1 { margin: 0 } }
    @layer utilities { .flex { display: flex } @media (width >= 48rem) { .md\\:block::after { content: "}" } } }
    @media not all and (width >= 40rem) { .max { color: red } }
    @media (prefers-color-scheme: dark) { a { color: red } }
    @font-face { font-family: x; src: url(x) }
    .wide { padding: -0.5rem 1.25rem; --spacing: .25rem }
    @keyframes spin { to { rotate: 1turn } }
  `)
  expect(css).not.toMatch(/@layer|@font-face|html|body/)
  expect(css).toContain('.colloquy{height:100%}')
  expect(css).toContain('.colloquy[data-theme=dark]{color-scheme:dark}')
  expect(css).toContain('.colloquy h1{margin:0}')
  expect(css).toContain('.colloquy.colloquy .flex{display:flex}')
  expect(css).toContain(
    '@container colloquy (width>=768px){.colloquy.colloquy .md\\:block:after{content:"}"}}',
  )
  expect(css).toMatch(/@container colloquy (not \(width>=640px\)|\(width<640px\))/)
  expect(css).toMatch(/\.wide\{(--spacing:4px;)?padding:-8px 20px/)
  expect(css).not.toMatch(/\drem/)
  expect(css).toContain('@keyframes spin{to{rotate:1turn}}')
  const selectors = [...css.matchAll(/([^{}]+)\{/g)].map(([, each]) => each?.trim() ?? '')
  const free = selectors.filter((each) => !/^(\.colloquy|@|to$)/.test(each))
  expect(free).toEqual([])
})
