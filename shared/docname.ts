/** The parts of a sync doc's name. Only the server reads them; to clients a name is opaque. */
export interface DocName {
  sessionId: string
  laneId: string
  kind: 'lane' | 'board'
  incarnation: number
}

const SHAPE = /^([\w-]{1,200})\/([\w-]{1,200})(~board)?@([1-9]\d{0,14})$/

/** `<sessionId>/<laneId>@<incarnation>`; the lane's board has `~board` before the `@`. */
export function docName({ sessionId, laneId, kind, incarnation }: DocName): string {
  return `${sessionId}/${laneId}${kind === 'board' ? '~board' : ''}@${incarnation}`
}

/** The parts of a name that `docName` made; null for anything else. */
export function parseDocName(name: string): DocName | null {
  const match = SHAPE.exec(name)
  if (!match) return null
  const [, sessionId, laneId, board, incarnation] = match
  if (sessionId === undefined || laneId === undefined) return null
  return { sessionId, laneId, kind: board ? 'board' : 'lane', incarnation: Number(incarnation) }
}
