import { describe, expect, it } from 'vitest'
import { type Extraction, extract } from './extract.ts'
import { jsonFacts } from './extract-json.ts'
import { markupFacts } from './extract-markup.ts'
import { parseWanted } from './extract-schema.ts'
import { textFacts } from './extract-text.ts'
import { parseTree } from './page-tree.ts'

type Properties = Record<string, unknown>
const S = { type: 'string' }
const N = { type: 'number' }

const wanted = (properties: Properties) => parseWanted({ type: 'object', properties })
const fromHtml = (html: string, properties: Properties): Extraction =>
  extract(wanted(properties), markupFacts(parseTree(html).document))
const fromJson = (body: unknown, properties: Properties): Extraction =>
  extract(wanted(properties), jsonFacts(body))
const fromText = (text: string, properties: Properties): Extraction =>
  extract(wanted(properties), textFacts(text.split('\n')))

const found = ({ values, sources }: Extraction) => ({ values, sources })
const ld = (value: unknown) => `<script type="application/ld+json">${JSON.stringify(value)}</script>`

describe('the schema', () => {
  it.each([
    [{ type: 'array', items: S }, 'The schema must have type "object".'],
    [{ type: 'object', properties: {} }, 'The schema names no property.'],
    [{ type: 'object' }, 'The schema is an object without "properties".'],
    [{ type: 'object', properties: { a: true } }, '"a" is not a JSON schema object.'],
    [
      { type: 'object', properties: { a: { ...S, pattern: '.' } } },
      '"a" uses "pattern", which is not supported.',
    ],
    [{ type: 'object', properties: { a: S }, allOf: [] }, 'The schema uses "allOf", which is not supported.'],
    [{ type: 'object', properties: { a: { type: 'array' } } }, '"a" is an array without "items".'],
  ])('[X19] %j is refused', (schema, message) => {
    expect(() => parseWanted(schema)).toThrow(message)
  })

  it('[X19] more than 5 levels, more than 100 properties and unusable names are refused', () => {
    const nested = (levels: number): Properties =>
      levels === 0 ? S : { type: 'object', properties: { a: nested(levels - 1) } }
    expect(parseWanted(nested(5))).toHaveLength(1)
    expect(() => parseWanted(nested(6))).toThrow('nested deeper than 5 levels')
    const many = (count: number) =>
      wanted(Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, S])))
    expect(many(100)).toHaveLength(100)
    expect(() => many(101)).toThrow('more than 100 properties')
    for (const name of ['', 'a.b', 'x'.repeat(101)])
      expect(() => wanted({ [name]: S })).toThrow('must have a name')
    expect(() => wanted(JSON.parse('{"__proto__":{"type":"string"}}'))).toThrow('must have a name')
  })

  it('[X19] titles, descriptions and "required" are understood', () => {
    const schema = {
      type: 'object',
      title: 't',
      required: ['a'],
      properties: { a: { ...S, description: 'd' } },
    }
    expect(parseWanted(schema)).toEqual([{ path: ['a'], type: 'string', list: false }])
  })
})

describe('where values come from', () => {
  it('[X20] JSON: by name, whatever its case and separators, the nearest to the root first', () => {
    const body = {
      data: { unit_price: 12.5, name: 'Widget', brand: { name: 'Acme' }, tags: ['a', 'b'], ok: true },
    }
    const properties = { unitPrice: N, Name: S, tags: { type: 'array', items: S }, ok: { type: 'boolean' } }
    const brand = { type: 'object', properties: { name: S } }
    expect(fromJson(body, { ...properties, brand })).toEqual({
      values: { unitPrice: 12.5, Name: 'Widget', tags: ['a', 'b'], ok: true, brand: { name: 'Acme' } },
      sources: { unitPrice: 'json', Name: 'json', tags: 'json', ok: 'json', 'brand.name': 'json' },
      missing: [],
      drifted: [],
      ambiguous: [],
    })
  })

  it('[X20] JSON-LD, in a graph too, with several values of one property', () => {
    const html = ld({
      '@graph': [{ '@type': 'Product', name: ['W'], offers: { price: '12.50' }, color: ['r', 'g'] }],
    })
    expect(found(fromHtml(html, { name: S, price: N, color: { type: 'array', items: S } }))).toEqual({
      values: { name: 'W', price: 12.5, color: ['r', 'g'] },
      sources: { name: 'json-ld', price: 'json-ld', color: 'json-ld' },
    })
  })

  it('[X20] microdata, its machine-readable attributes first', () => {
    const html = `<div itemscope><span itemprop="name">W</span><div itemprop="offers" itemscope>
      <span itemprop="price" content="12.5">12,50 €</span><time itemprop="until" datetime="2026-01-02">soon</time></div></div>`
    const offers = { type: 'object', properties: { price: N, until: S } }
    expect(found(fromHtml(html, { name: S, offers }))).toEqual({
      values: { name: 'W', offers: { price: 12.5, until: '2026-01-02' } },
      sources: { name: 'microdata', 'offers.price': 'microdata', 'offers.until': 'microdata' },
    })
  })

  it('[X20] meta elements, with and without their prefix', () => {
    const html = '<meta property="og:site_name" content="Shop"><meta name="author" content="Ann">'
    expect(found(fromHtml(html, { 'site name': S, author: S, og_site_name: S }))).toEqual({
      values: { 'site name': 'Shop', author: 'Ann', og_site_name: 'Shop' },
      sources: { 'site name': 'meta', author: 'meta', og_site_name: 'meta' },
    })
  })

  it('[X20] definition lists, tables of two columns, labelled text, and the title when nothing else is one', () => {
    const html = `<title>Page</title><dl><dt>Height:<dd>3<dt>Maker<dd>A<dd>B</dl>
      <table><tr><th>Name<th>Value</tr><tr><td>Colour</td><td>red</td></tr></table>
      <table><tr><td>Width<td>1<td>2</table><p><b>Weight:</b> 12 kg<br>Depth\uff1a 4</p><a>https://x</a>`
    const maker = { type: 'array', items: S }
    expect(
      fromHtml(html, { height: N, maker, colour: S, weight: S, depth: N, title: S, width: S, name: S }),
    ).toEqual({
      values: { height: 3, maker: ['A', 'B'], colour: 'red', weight: '12 kg', depth: 4, title: 'Page' },
      sources: { height: 'dl', maker: 'dl', colour: 'table', weight: 'text', depth: 'text', title: 'title' },
      missing: ['width', 'name'],
      drifted: [],
      ambiguous: [],
    })
    expect(found(fromText('Price: 12\nhttps://a: b', { price: N, https: S }))).toEqual({
      values: { price: 12 },
      sources: { price: 'text' },
    })
  })

  it('[X20] names that objects inherit are names like others', () => {
    const inner = { type: 'object', properties: { toString: S } }
    const result = fromJson({ constructor: { toString: 'x' } }, { constructor: inner })
    expect(JSON.stringify(result.values)).toBe('{"constructor":{"toString":"x"}}')
    expect(Object.hasOwn(Object, 'tostring')).toBe(false)
  })
})

describe('what is not told exactly', () => {
  it('[X21] what the page does not name is missing', () => {
    expect(fromHtml('<p>nothing', { a: S, b: { type: 'object', properties: { c: N } } }).missing).toEqual([
      'a',
      'b.c',
    ])
  })

  it.each([
    ['about 12', N, 'number'],
    ['12 €', N, 'number'],
    ['1,234', N, 'number'],
    ['1.234', N, 'number'],
    ['12,50', N, 'number'],
    ['007', N, 'number'],
    ['0x10', N, 'number'],
    ['1234567890123456789', N, 'number'],
    ['12.5', { type: 'integer' }, 'integer'],
    ['yes', { type: 'boolean' }, 'boolean'],
    ['blue', { ...S, enum: ['red', 'green'] }, 'one of ["red","green"]'],
    ['a, b', { type: 'array', items: S }, 'list of string'],
  ])('[X21] "%s" is reported as drifted from %j', (text, type, expected) => {
    const result = fromText(`Field: ${text}`, { field: type })
    expect(result.values).toEqual({})
    expect(result.drifted).toEqual([{ path: 'field', expected, found: text, source: 'text' }])
  })

  it.each([
    ['12', 12],
    ['-12.50', -12.5],
    ['0.125', 0.125],
    ['1234.5', 1234.5],
  ])('[X20] "%s" is a number', (text, number) => {
    expect(fromText(`Field: ${text}`, { field: N }).values).toEqual({ field: number })
  })

  it('[X21] a property of another type in JSON has drifted', () => {
    const { drifted } = fromJson({ a: null, b: { c: 1 }, d: [1] }, { a: S, b: S, d: N })
    expect(drifted.map(({ path, found: text }) => [path, text])).toEqual([
      ['a', 'null'],
      ['b', '{"c":1}'],
      ['d', '[1]'],
    ])
  })

  it('[X21] sources that disagree are reported, and no value is taken', () => {
    const { values, ambiguous } = fromHtml(`${ld({ price: 12 })}<p>Price: 15 €</p>`, { price: N })
    expect(values).toEqual({})
    expect(ambiguous).toEqual([
      {
        path: 'price',
        found: [
          { source: 'json-ld', value: '12' },
          { source: 'text', value: '15 €' },
        ],
      },
    ])
  })

  it('[X21] one source that says two things is reported', () => {
    expect(fromJson([{ id: 1 }, { id: 2 }], { id: N }).ambiguous).toHaveLength(1)
    expect(fromJson([{ id: 1 }, { id: 1 }], { id: N }).values).toEqual({ id: 1 })
  })

  it('[X20] a text for people that has the same number in it does not disagree', () => {
    const { values, sources } = fromHtml(`${ld({ price: '12.50' })}<p>Price: 12.50 € each</p>`, { price: N })
    expect([values, sources]).toEqual([{ price: 12.5 }, { price: 'json-ld' }])
    expect(fromHtml(`${ld({ price: 12 })}<p>Price: 12 € (was 15)</p>`, { price: N }).values).toEqual({})
  })

  it('[X21] a broken JSON-LD block says nothing, and a text too long for a value is not cut to be one', () => {
    const html = `<script type="application/ld+json">{"a":</script><meta name="b" content="${'x'.repeat(9_000)}">`
    const { missing, drifted } = fromHtml(html, { a: S, b: S })
    expect(missing).toEqual(['a'])
    expect(drifted).toMatchObject([{ path: 'b', found: 'x'.repeat(200) }])
  })
})
