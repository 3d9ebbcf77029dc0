import type { Answer, Request } from './protocol.ts'
import { Tokenizer } from './tokenizer.ts'

// Grammars are expressions that somebody's code may keep busy for ever: here that holds up nobody, and can be ended.
// They come from the page: a worker that loads files of its own is one that not every bundler of an app can make.

const tokenizer = new Tokenizer()

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  if ('learn' in data) tokenizer.learn(data.learn, data.grammar)
  else if ('forget' in data) tokenizer.forget(data.forget)
  else postMessage(answer(() => tokenizer.lines(data)))
})

function answer(lines: () => Answer): Answer {
  try {
    return lines()
  } catch {
    return null
  }
}
