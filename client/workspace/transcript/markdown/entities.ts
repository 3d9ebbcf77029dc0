const ENTITY = /&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z][a-zA-Z\d]{1,31});/g

let decoder: HTMLTextAreaElement | null = null

/** `&amp;` as the character it means; the browser knows all their names, and a textarea holds nothing but text. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(ENTITY, (entity) => {
    decoder ??= document.createElement('textarea')
    decoder.innerHTML = entity
    return decoder.value
  })
}
