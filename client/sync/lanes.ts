import type { SessionAnswer } from '@colloquy/shared/answers'
import { MAIN_LANE } from '@colloquy/shared/audience'
import { ColloquyError } from '../errors.ts'

/** The lane that everybody in the session reads. */
export function mainLane(answer: SessionAnswer): SessionAnswer['lanes'][number] {
  const lane = answer.lanes.find(({ laneId }) => laneId === MAIN_LANE)
  if (lane) return lane
  throw new ColloquyError('UNEXPECTED', 'the session has no main lane', { status: 500 })
}
