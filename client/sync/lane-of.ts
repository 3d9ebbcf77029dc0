import type { SessionAnswer } from '@colloquy/shared/answers'
import { ColloquyError } from '../errors.ts'

/** @throws ColloquyError `NOT_FOUND` for a lane that the person does not read */
export function laneOf(answer: SessionAnswer, laneId: string): SessionAnswer['lanes'][number] {
  const lane = answer.lanes.find((each) => each.laneId === laneId)
  if (lane) return lane
  throw new ColloquyError('NOT_FOUND', `the session shows no lane ${laneId}`, { status: 404 })
}
