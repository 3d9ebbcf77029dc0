import type { ToolPart, ToolPartMetadata } from '@colloquy/client'
import { CALL_OUTCOMES, CALL_REASONS } from '@colloquy/shared/tools'
import { describe, expect, it } from 'vitest'
import { type CallPhase, phaseOf } from './call-phase.ts'
import { CALL_SENTENCES, durationOf, footnotesOf, PHASE_WORDS, sentenceOf, wishOf } from './call-words.ts'
import { exactJson, readArgs, shownResult } from './exact-json.ts'

const bo = { id: 'bo', name: 'Bo' }

function call(toolMetadata: Partial<ToolPartMetadata>, over: object = {}): ToolPart {
  return {
    ...{ type: 'dynamic-tool', toolName: 'web.fetch', toolCallId: 'c1', input: {}, state: 'input-available' },
    ...over,
    toolMetadata: { step: 1, effect: 'read', argsHash: 'h', ...toolMetadata },
  } as ToolPart
}

const sentence = (metadata: Partial<ToolPartMetadata>, live = false) => {
  const part = call(metadata)
  return sentenceOf(part, phaseOf(part, live))
}

describe('how far a call has come', () => {
  const asks = { state: 'approval-requested', approval: { id: 'c1' } }

  it.each<[CallPhase, ToolPart]>([
    ['asks', call({}, asks)],
    ['waits', call({})],
    [
      'waits',
      call({ decidedBy: bo }, { state: 'approval-responded', approval: { id: 'c1', approved: true } }),
    ],
    ['runs', call({ dispatchedAt: 1, dispatches: 1 })],
    ['done', call({ outcome: 'ok' }, { state: 'output-available', output: 1 })],
    ['failed', call({ outcome: 'error', reason: 'TOOL_FAILED' })],
    ['denied', call({ outcome: 'denied', reason: 'APPROVAL_DENIED' })],
    ['replaced', call({ outcome: 'denied', reason: 'ARGS_EDITED' })],
    ['stopped', call({ outcome: 'cancelled', reason: 'TURN_STOPPED' })],
    ['unknown', call({ outcome: 'unknown', reason: 'CALL_INTERRUPTED' })],
  ])('[U28] %s', (phase, part) => {
    expect(phaseOf(part, true)).toBe(phase)
    expect(PHASE_WORDS[phase]).toMatch(/^[a-z ]+$/)
  })

  it('[U28] what a call of an ended answer has not come to, it never will', () => {
    for (const part of [call({}), call({ dispatchedAt: 1 }), call({}, asks)])
      expect(phaseOf(part, false)).toBe('stopped')
  })
})

describe('what became of a call', () => {
  it('[U29] every reason has a sentence, with every outcome', () => {
    for (const reason of CALL_REASONS) {
      expect(CALL_SENTENCES[reason]).toMatch(/^[A-Z].*\.$/)
      for (const outcome of CALL_OUTCOMES) {
        const said = sentence({ outcome, reason, dispatchedAt: 1 })
        if (outcome === 'ok' && reason !== 'ARGS_EDITED') expect(said).toBeNull()
        else expect(said).toMatch(/^[A-Z].*\.$/)
        expect(said ?? '').not.toMatch(/[A-Z]{2}/)
      }
    }
  })

  it('[U29] consent that came to nothing is not told as none', () => {
    const denied = { outcome: 'denied', reason: 'APPROVAL_EXPIRED' } as const
    expect(sentence(denied)).toBe('Nobody allowed it in time. It was not run.')
    expect(sentence({ ...denied, decidedBy: { id: 'bo', name: 'Bo' } })).toBe(
      'Allowed by Bo, but too long before its turn came. It was not run.',
    )
  })

  it('[U29] one that was carried out says so, though there is no result to show', () => {
    expect(sentence({ outcome: 'unknown', reason: 'RESULT_TOO_LARGE', dispatchedAt: 1 })).toBe(
      'The result was too large to be used. It was carried out; it was not run again.',
    )
  })

  it('[U29] one that may have happened says so, whatever the reason', () => {
    expect(sentence({ outcome: 'unknown', reason: 'CALL_INTERRUPTED', dispatchedAt: 1 })).toBe(
      'The server stopped while this ran. It may have happened; it was not run again.',
    )
    expect(sentence({ outcome: 'unknown', reason: 'TOOL_TIMEOUT', dispatchedAt: 1 })).toBe(
      'The tool did not answer in time. It may have happened; it was not run again.',
    )
  })

  it('[U29] who decided is named, without what their name might do to the words around it', () => {
    const decidedBy = { id: 'x', name: 'B\u202eo' }
    expect(sentence({ outcome: 'denied', reason: 'APPROVAL_DENIED', decidedBy })).toBe(
      'Denied by Bo. It was not run.',
    )
    expect(sentence({ outcome: 'denied', reason: 'ARGS_EDITED', decidedBy })).toBe(
      'Bo changed the arguments: the next call stands in its place.',
    )
    const allowed = call({ outcome: 'ok', decidedBy, dispatches: 2 })
    expect(footnotesOf(allowed, 'done')).toEqual([
      'Allowed by Bo.',
      'It was sent again with the same key after an interruption.',
    ])
    expect(footnotesOf(call({ decidedBy }), 'denied')).toEqual([])
  })

  it('[U29] one that was stopped before it was sent did not run', () => {
    expect(sentence({ outcome: 'cancelled', reason: 'TURN_STOPPED' })).toContain('was not run')
    expect(sentence({ outcome: 'cancelled', reason: 'TURN_STOPPED', dispatchedAt: 1 })).toBe(
      'The answer was stopped.',
    )
  })

  it('[U29] a reason that is not known yet is shown rather than swallowed', () => {
    expect(sentence({ outcome: 'error', reason: 'NEW_CODE' as 'TOOL_FAILED' })).toContain('NEW_CODE')
  })

  it('[U29] how long the tool took', () => {
    const took = (ms: number) => durationOf(call({ dispatchedAt: 100, settledAt: 100 + ms }).toolMetadata)
    expect([412, 1_240, 61_000].map(took)).toEqual(['412 ms', '1.2 s', '61 s'])
    expect(durationOf(call({ settledAt: 1 }).toolMetadata)).toBeNull()
    for (const reason of ['CALL_INTERRUPTED', 'TURN_STOPPED'] as const) {
      expect(durationOf(call({ dispatchedAt: 1, settledAt: 9, reason }).toolMetadata)).toBeNull()
    }
  })
})

describe('what a call is about', () => {
  it('[U30] arguments are shown so that nothing hides in them, and still are what is sent', () => {
    const input = { to: 'a\u202eb\u200b\u{e0041}c', n: [1], 'k\u2066': '"' }
    const shown = exactJson(input)
    expect(shown).toMatch(/^[\x20-\x7e\n]+$/)
    expect(shown).toContain('a\\u202eb\\u200b\\udb40\\udc41c')
    expect(JSON.parse(shown)).toEqual(input)
    expect(exactJson(undefined)).toBe('null')
  })

  it('[U30] a note is named in the sentence; what else a tool does is told by its name', () => {
    const input = { name: 'deci\u202esions', text: 'Ship' }
    expect(wishOf(call({}, { toolName: 'notes.append', input }))).toBe('append to the note “decisions”')
    expect(wishOf(call({}, { toolName: 'notes.append', input: { name: 1 } }))).toBeNull()
    expect(wishOf(call({}, { input }))).toBeNull()
  })

  it('[U30] of a long result the beginning, and how much that is', () => {
    expect(shownResult('text', 52_000)).toEqual({
      text: 'text',
      note: 'The first 8,000 of 52,000 characters',
    })
    const cut = (json: string) => shownResult(json, 52_000).text
    expect(['"a\\nb', '"a\\nb\\', '"a\\nb\\u20', '"a\\\\', '{"a":"b', '"a" b'].map(cut)).toEqual([
      ...['a\nb', 'a\nb', 'a\nb', 'a\\', '{"a":"b', '"a" b'],
    ])
    expect(shownResult({ n: 1 }, undefined)).toEqual({ text: '{\n  "n": 1\n}', note: null })
  })

  it('[U30] changed arguments have to be one JSON object of bounded length', () => {
    expect(readArgs('{"a": 1}')).toEqual({ args: { a: 1 } })
    for (const text of ['', '{', '[]', 'null', '"a"', '1', JSON.stringify({ a: 'x'.repeat(16_000) })])
      expect(readArgs(text)).toEqual({ problem: expect.stringMatching(/.{10}/) })
  })
})
