const FENCE = /^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(?:```|~~~)/gm
/** A line that ends before its first word: a fence, rule, heading or item begins, or a row of a table. */
const NO_WORD_YET = /(?:^|\n)[ \t]*(?:[-*_=~`#+>|:]|[ \t]|\d{1,9}[.)]?(?=[ \t]*$))+$/
const FENCE_MAY_END = /\n[ \t>]*[`~]{1,2}$/
const TASK_BEGINS = /(?:^|\n)[ \t>]*(?:[-*+]|\d+[.)])[ \t]+\[[ xX]?\]?[ \t]*$/
/** Below the first line of a table. */
const UNDER_HEAD = /\|[^\n]*\n[ \t|:]*-[ \t|:-]*$/
/** Markers that nothing stands behind yet. */
const OPENS = /(^|[\s([{"'*_~])[*_~`]+$/
/** It may turn out as a link. */
const IN_BRACKETS = /\[([^\][\n]+)\]$/

/**
 * A growing text without its end, as long as that may still turn out as a marker: what has been on the screen never
 * goes again but by being marked.
 */
export function decided(block: string): string {
  if ((block.match(FENCE)?.length ?? 0) % 2 === 1) {
    return block.replace(FENCE_MAY_END, '')
  }
  const whole = withoutHalfTable(block.replace(/\n+$/, ''))
  if (UNDER_HEAD.test(whole)) return whole
  const text = whole.replace(TASK_BEGINS, '').replace(NO_WORD_YET, '').replace(OPENS, '$1')
  return isInCode(text) ? text : text.replace(IN_BRACKETS, '$1')
}

/** Whether lines with bars are a table is known with the line under the first. */
function withoutHalfTable(block: string): string {
  const lines = block.split('\n')
  const before = lines.findLastIndex((line) => !/^[ \t]*\|/.test(line))
  const [head, under, ...rows] = lines.slice(before + 1)
  if (head === undefined || rows.length > 0) return block
  const open = under === undefined || (/^[ \t|:-]*$/.test(under) && columns(under) < columns(head))
  return open ? lines.slice(0, before + 1).join('\n') : block
}

const columns = (row: string) => row.split('|').filter((cell) => cell.trim() !== '').length

function isInCode(text: string): boolean {
  const line = text.slice(text.lastIndexOf('\n') + 1)
  return (line.match(/`+/g)?.length ?? 0) % 2 === 1
}
