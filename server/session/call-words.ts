import type { CallReason } from '@colloquy/shared'

/** What the model is told of every call of which nobody knows whether it has happened. */
export const NOT_AGAIN =
  'It may have happened or not; it is not made again. Tell the person so, and find out before you repeat it.'

/** What the model is told of a write that was carried out and whose answer cannot be used. */
export const WAS_DONE = 'It was carried out: do not make it again.'

/** What the model is told of a call that did not end as `ok`, where the tool itself has no words for it. */
export const CALL_WORDS: Readonly<Record<CallReason, string>> = {
  TOOL_UNKNOWN: 'There is no such tool here.',
  ARGS_INVALID: 'The arguments do not fit the schema of the tool.',
  ARGS_TOO_LARGE: 'The arguments are too long.',
  AUDIENCE_NARROWER: 'This call would consult what not everybody here may read, so it was not made.',
  NOT_GRANTED: 'The author of the prompt may not use this tool, so the call was not made.',
  NO_APPROVER: 'Nobody who may allow this call can read this conversation, so it was not made.',
  APPROVAL_DENIED: 'A person denied this call. It was not made. Do not try it again unless you are asked to.',
  APPROVAL_EXPIRED: 'Nobody allowed this call in time. It was not made.',
  ARGS_EDITED:
    'The author of the prompt changed the arguments: the next call of the same tool stands in its place.',
  TOOL_FAILED: 'The tool failed.',
  TOOL_TIMEOUT: 'The tool did not answer in time.',
  RESULT_INVALID: 'The tool answered something else than it promises.',
  RESULT_TOO_LARGE: 'The result is too large to be used.',
  CALL_INTERRUPTED: `The server stopped while this call was under way. ${NOT_AGAIN}`,
  TURN_STOPPED: 'The turn was stopped.',
}
