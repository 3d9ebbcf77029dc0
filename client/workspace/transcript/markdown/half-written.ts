import remend from 'remend'
import { decided } from './decided.ts'

/** Leaves out what may turn out as a marker, and closes what is half written: `**bold` is bold before its end has come. */
export function mended(block: string): string {
  return remend(decided(block), { linkMode: 'text-only' })
}
