import { docName } from '@colloquy/shared'
import type { Lane } from './state.ts'

/** The name of the lane doc's current incarnation. */
export function laneDocName(sessionId: string, { laneId, incarnation }: Lane): string {
  return docName({ sessionId, laneId, kind: 'lane', incarnation })
}

/** The name of the board's current incarnation. */
export function boardDocName(sessionId: string, { laneId, board: incarnation }: Lane): string {
  return docName({ sessionId, laneId, kind: 'board', incarnation })
}
