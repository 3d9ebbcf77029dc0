import { isProbablyReaderable, Readability } from '@mozilla/readability'
import { parseHTML } from 'linkedom'
import { toMarkdown } from './markdown.ts'

/**
 * The main content of an article, or all of a page that is none, as Markdown; with the article's title.
 * Hostile pages make its libraries throw, or take long.
 * @param base what links are relative to
 */
export function formatHtml(html: string, base: string): { title?: string; text: string } {
  // linkedom builds a document from the first element alone when there is no <html>.
  const whole = /<html[\s>]/i.test(html) ? html : `<!doctype html><html><body>${html}</body></html>`
  const { document } = parseHTML(whole)
  const all = document.body.innerHTML
  const article = isProbablyReaderable(document) ? new Readability(document).parse() : null
  const text = toMarkdown(article?.content ?? all, base)
  return article?.title ? { title: article.title, text } : { text }
}
