import type { ChildNode, Document, Element } from 'domhandler'
import { DomUtils } from 'htmlparser2'
import { addJson } from './extract-json.ts'
import { addLabelled, addLine } from './extract-text.ts'
import { comparable, type Fact, Facts } from './fact.ts'
import { elementsNamed, lineOf, textLines } from './page-tree.ts'

/** What an HTML page says under names, to machines and to people. */
export function markupFacts(document: Document): readonly Fact[] {
  const facts = new Facts()
  addJsonLd(facts, document)
  for (const node of document.children) addMicrodata(facts, node, [])
  addMeta(facts, document)
  for (const list of elementsNamed(document, ['dl'])) addDefinitions(facts, list)
  for (const table of elementsNamed(document, ['table'])) addRows(facts, table)
  addLabelled(facts, textLines(document.children))
  for (const title of elementsNamed(document, ['title']))
    addLine(facts, 'title', 'title', DomUtils.textContent(title))
  return facts.all
}

function addJsonLd(facts: Facts, document: Document): void {
  for (const script of elementsNamed(document, ['script'])) {
    if (script.attribs.type?.trim().toLowerCase() !== 'application/ld+json') continue
    try {
      addJson(facts, 'json-ld', JSON.parse(DomUtils.textContent(script)))
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error // A broken block says nothing.
    }
  }
}

function addMicrodata(facts: Facts, node: ChildNode, path: readonly string[]): void {
  if (!DomUtils.isTag(node)) return
  const names = (node.attribs.itemprop ?? '').split(/\s+/).filter(Boolean).map(comparable)
  const scope = node.attribs.itemscope !== undefined
  if (!scope) for (const name of names) addValue(facts, [...path, name], microdataValue(node))
  const within = scope ? (names[0] === undefined ? [] : [...path, names[0]]) : path
  for (const child of node.children) addMicrodata(facts, child, within)
}

function addValue(facts: Facts, path: readonly string[], value: string): void {
  if (value !== '') facts.add('microdata', path, value)
}

/** `content` first: pages put the exact value there, beside one that is written for people. */
function microdataValue(element: Element): string {
  const { content, datetime, value, href, src } = element.attribs
  return (content ?? datetime ?? value ?? href ?? src ?? lineOf(element)).trim()
}

/** `og:title` is a `title` too. */
function addMeta(facts: Facts, document: Document): void {
  for (const { attribs } of elementsNamed(document, ['meta'])) {
    const name = attribs.property ?? attribs.name ?? ''
    addLine(facts, 'meta', name, attribs.content ?? '')
    const short = /^(?:og|twitter|article|dc|dcterms)[:.](.+)$/i.exec(name)?.[1]
    if (short !== undefined) addLine(facts, 'meta', short, attribs.content ?? '')
  }
}

function addDefinitions(facts: Facts, list: Element): void {
  let label = ''
  for (const element of elementsNamed(list, ['dt', 'dd'])) {
    if (element.name === 'dt') label = lineOf(element)
    else addLine(facts, 'dl', label, lineOf(element))
  }
}

/** The rows of a table of two columns. Two headings side by side name the columns, nothing else. */
function addRows(facts: Facts, table: Element): void {
  const rows = elementsNamed(table, ['tr']).map((row) =>
    row.children.filter(DomUtils.isTag).filter(({ name }) => name === 'td' || name === 'th'),
  )
  if (rows.some((cells) => cells.length > 2)) return
  for (const [label, value] of rows) {
    if (label === undefined || value === undefined || (label.name === 'th' && value.name === 'th')) continue
    addLine(facts, 'table', lineOf(label), lineOf(value))
  }
}
