import { expect, it } from 'vitest'
import { pageType } from './media-type.ts'
import { readPage } from './read-page.ts'

const read = (body: string | Uint8Array, type = 'text/html', textLength = 40_000) =>
  readPage({
    bytes: new Uint8Array(Buffer.from(body)),
    type: pageType(type),
    url: 'https://example.org/dir/page',
    textLength,
    wanted: null,
    formatted: true,
  })

const EURO = 'Preis: 5 €'
const latin = Buffer.from('caf\xe9!', 'latin1')

it('[X15] the charset is that of the byte order mark, else the header, else the page, else UTF-8', async () => {
  const utf16 = Buffer.from(`\ufeff${EURO}`, 'utf16le')
  expect((await read(utf16, 'text/plain; charset=utf-8')).text).toBe(EURO)
  expect((await read(latin, 'text/plain; charset=iso-8859-1')).text).toBe('café!')
  expect((await read(Buffer.concat([Buffer.from('<meta charset=latin1><p>'), latin]))).text).toBe('café!')
  expect((await read(EURO, 'text/plain')).text).toBe(EURO)
})

it('[X15] undeclared text that is not UTF-8 is read as windows-1252, and an unknown charset is no error', async () => {
  expect((await read(latin, 'text/plain')).text).toBe('café!')
  expect((await read('plain', 'text/plain; charset=no-such-thing')).text).toBe('plain')
  expect((await read('plain', 'text/plain; charset=iso-2022-kr')).text).toBe('plain')
})

it('[X15] UTF-8 that was cut within a character is UTF-8', async () => {
  expect((await read(Buffer.from(EURO).subarray(0, -1), 'text/plain')).text).toBe('Preis: 5 \ufffd')
})

it('[X16] a page becomes Markdown: headings, lists, tables, code, and links with their whole address', async () => {
  const page = `<html><head><title> A
    page </title></head><body><h1>Head</h1><p>Some <b>bold</b> snake_case, <a href="../x?y=1">a link</a>.</p>
    <ul><li>one</ul><table><tr><th>A<th>B<tr><td>1<td>2</table><pre><code>a\n  b</code></pre></body></html>`
  const { title, text } = await read(page)
  expect(title).toBe('A page')
  expect(text).toContain('# Head')
  expect(text).toContain('Some **bold** snake_case, [a link](https://example.org/x?y=1).')
  expect(text).toMatch(/- +one/)
  expect(text).toMatch(/\| A +\| B +\|\n\| --- \| --- \|\n\| 1 +\| 2 +\|/)
  expect(text).toContain('```\na\n  b\n```')
})

it('[X16] scripts, styles, forms and links that run something are left out', async () => {
  const { text } = await read(
    '<p>seen <a href="javascript:alert(1)">link</a><a href="data:text/html,x">data</a></p>' +
      '<script>evil()</script><style>p{}</style><noscript>no</noscript><template>t</template><button>b</button>',
  )
  expect(text).toBe('seen linkdata')
})

it('[X16] an article is given without what surrounds it', async () => {
  const paragraph = `<p>${'A sentence of the article, with a comma, that goes on. '.repeat(8)}</p>`
  const page = `<html><head><title>T</title></head><body><nav><a href="/a">menu</a></nav>
    <article><h1>T</h1>${paragraph.repeat(5)}</article><footer>imprint</footer></body></html>`
  const { text } = await read(page)
  expect(text).toContain('A sentence of the article')
  expect(text).not.toMatch(/menu|imprint/)
})

it('[X16] a fragment without <html>, and a body that is not called anything, are read too', async () => {
  expect((await read('<h1>Hi</h1><p>one<p>two')).text).toBe('# Hi\n\none\n\ntwo')
  expect((await read('<!DOCTYPE html><p>one', '')).text).toBe('one')
  expect((await read('a < b', '')).text).toBe('a < b')
})

it('[X16] JSON is indented; what does not parse is given as it is; other text too', async () => {
  expect((await read('{"a":[1]}', 'application/problem+json')).text).toBe('{\n  "a": [\n    1\n  ]\n}')
  expect((await read('{"a":', 'application/json')).text).toBe('{"a":')
  expect((await read('<a>1</a>', 'application/xml')).text).toBe('<a>1</a>')
  expect((await read('a\r\nb', 'text/csv')).text).toBe('a\nb')
})

it('[X16] a page with too many elements to format is given line by line', async () => {
  const { text } = await read(`<h1>Top</h1>${'<p>a <b>b</b></p>'.repeat(8_000)}<pre>x\ny</pre>`)
  expect(text.startsWith('Top\na b\na b')).toBe(true)
  expect(text.endsWith('a b\nx\ny')).toBe(true)
})

it('[X17] a page of too many elements, too deep ones or ones with too many attributes is refused', async () => {
  const refused = { name: 'ToolError', message: 'The page is too complex to read.' }
  const attributes = Array.from({ length: 300 }, (_, i) => `a${i}`).join(' ')
  await expect(read('<p>'.repeat(200_000))).rejects.toMatchObject(refused)
  await expect(read('<b>'.repeat(1_000))).rejects.toMatchObject(refused)
  await expect(read(`<p ${attributes}>`)).rejects.toMatchObject(refused)
})

it('[X18] a text is cut between characters, and its whole length told', async () => {
  const { text, length } = await read('ab😀cd', 'text/plain', 3)
  expect([text, length]).toEqual(['ab', 6])
})

it('[X18] control characters do not reach the result, even those that a page writes as references', async () => {
  expect((await read('a\u0000b\u001bc\u007f\td', 'text/plain')).text).toBe('abc\td')
  expect((await read('<title>a&#27;b</title><p>c&#8;d')).title).toBe('ab')
  expect((await read('<p>c&#8;d')).text).toBe('cd')
})
