import type { LeafType, Scalar } from './extract-schema.ts'

/** Decimal digits that a JavaScript number keeps, whatever they are. */
const DIGITS = 15

/**
 * A value as the type that was asked for, only when nothing is lost or guessed by that.
 * @returns undefined otherwise
 */
export function exact(value: unknown, type: LeafType): Scalar | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' || isKept(value) || typeof value === 'boolean'
        ? String(value)
        : undefined
    case 'number':
      return exactNumber(value)
    case 'integer': {
      const number = exactNumber(value)
      return Number.isInteger(number) ? number : undefined
    }
    case 'boolean':
      return exactBoolean(value)
  }
}

/**
 * Plain decimals alone. `1.234` and `1,234` are a thousand to some and not to others; `007` is a name; past
 * 15 digits a number is rounded.
 */
function exactNumber(value: unknown): number | undefined {
  if (typeof value !== 'string') return isKept(value) ? value : undefined
  const text = value.trim()
  if (!/^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) || /^-?[1-9]\d{0,2}\.\d{3}$/.test(text)) return undefined
  return text.replace(/\D/g, '').length > DIGITS ? undefined : Number(text)
}

function isKept(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER
}

function exactBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return undefined
  const text = value.trim().toLowerCase()
  return text === 'true' ? true : text === 'false' ? false : undefined
}

/** Whether a text that is no number, such as `12 €`, has this number in it and no other. */
export function mentions(text: string, number: number): boolean {
  const numbers = text.match(/-?\d[\d.,]*/g) ?? []
  return numbers.length > 0 && numbers.every((each) => exactNumber(each.replace(/[.,]$/, '')) === number)
}
