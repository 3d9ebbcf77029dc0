import { expect, it } from 'vitest'
import { qrPath } from './qr-path.ts'

it('[U66] what is drawn of a code is dark where the code is, and nowhere else', () => {
  const rows = ['##.#', '....', '.###', '#..#'].map((row) => [...row].map((each) => each === '#'))
  expect(drawn(qrPath(rows), rows.length)).toEqual(rows)
  expect(qrPath([])).toBe('')
})

/** The modules that a path of rectangles covers. */
function drawn(path: string, size: number): boolean[][] {
  const modules = Array.from({ length: size }, () => Array.from({ length: size }, () => false))
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    modules[Number(y)]?.fill(true, Number(x), Number(x) + Number(length))
  }
  return modules
}
