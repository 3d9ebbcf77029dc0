import type { LanguageModel, TextStreamPart, ToolSet } from 'ai'
import { type Clock, systemClock } from '../clock.ts'
import { type SdkRequest, sdkRequest, sdkTools } from './ai-sdk-request.ts'
import { fault } from './faults.ts'
import { Interrupt, STEP_TIMEOUTS, type StepTimeouts } from './interrupt.ts'
import type { ModelCall, ModelFault, ModelPart, ModelPort, StepFinish } from './port.ts'
import type { ToolNames } from './tool-names.ts'

export interface AiSdkOptions {
  /** The id that a call names this model by. */
  name: string
  /** Brings the provider's package and its model; asked once for each step. */
  load(): Promise<LanguageModel>
  clock?: Clock
  timeouts?: StepTimeouts
}

/** One model of any AI SDK provider as a port: one request for each step, nothing printed, nothing repeated. */
export function createAiSdkModel(options: AiSdkOptions): ModelPort {
  return {
    defaultModel: options.name,
    models: [options.name],
    stream: (call, signal) => stream(options, call, signal),
  }
}

async function* stream(
  options: AiSdkOptions,
  call: ModelCall,
  signal: AbortSignal,
): AsyncGenerator<ModelPart> {
  if (call.model !== options.name) {
    yield { type: 'error', fault: fault('MODEL_UNKNOWN', 'no such model here') }
    return
  }
  const { clock = systemClock, timeouts = STEP_TIMEOUTS } = options
  const interrupt = new Interrupt(clock, timeouts, signal)
  const letGo = new AbortController()
  try {
    const request = sdkRequest(call)
    yield* readStep(() => open(options, request, letGo.signal), request.names, interrupt)
  } finally {
    interrupt.end()
    // Whoever stops reading, for whatever reason, stops the provider too.
    letGo.abort()
  }
}

/** The parts of one step. It commits only when the provider has closed the stream after a finish of its own. */
async function* readStep(
  begin: () => Promise<AsyncIterator<SdkPart>>,
  names: ToolNames,
  interrupt: Interrupt,
): AsyncGenerator<ModelPart> {
  if (interrupt.reason) return yield failed(interrupt.reason)
  const begun = await interrupt.guard(begin())
  if ('fault' in begun) return yield failed(begun.fault)
  const pairs = new PairJoiner()
  let end: ModelPart = failed(fault('PROVIDER_CUT', 'the stream ended without a finish'))
  while (true) {
    if (interrupt.reason) return yield failed(interrupt.reason)
    const next = await interrupt.guard(begun.value.next())
    if ('fault' in next) return yield failed(next.fault)
    if (next.value.done) break
    const part = next.value.value
    if (part.type === 'raw') interrupt.pinged()
    if (part.type === 'reasoning-start') interrupt.thinks()
    if (TOKENS.has(part.type)) interrupt.sawToken()
    switch (part.type) {
      case 'text-delta': {
        const text = pairs.push(part.text)
        if (text !== '') yield { type: 'text', text }
        break
      }
      case 'tool-call':
        // One that the SDK finds invalid is handed over too: the turn loop tells the model what was wrong.
        if (!part.providerExecuted)
          yield { type: 'tool-call', tool: names.own(part.toolName), args: part.input }
        break
      case 'error':
        return yield failed(interrupt.faultOf(part.error))
      case 'finish':
        end = finished(part)
    }
  }
  const rest = pairs.rest()
  if (rest !== '' && end.type === 'finish') yield { type: 'text', text: rest }
  yield end
}

/** Parts of an answer; the rest only shows that the provider lives. */
const TOKENS: ReadonlySet<string> = new Set(['text-delta', 'tool-input-delta', 'tool-call'])

type SdkPart = TextStreamPart<ToolSet>

/** Sends the request; the provider's own failures come with the parts. */
async function open(
  { load }: AiSdkOptions,
  { instructions, messages, tools }: SdkRequest,
  signal: AbortSignal,
): Promise<AsyncIterator<SdkPart>> {
  const [sdk, model] = await Promise.all([import('ai'), load()])
  signal.throwIfAborted()
  // Its warnings go to the console otherwise.
  globalThis.AI_SDK_LOG_WARNINGS = false
  const { stream } = sdk.streamText({
    model,
    instructions,
    messages,
    tools: sdkTools(sdk, tools),
    maxRetries: 0,
    // Of a model that thinks, a provider may send nothing but pings.
    include: { rawChunks: true },
    abortSignal: signal,
    telemetry: { isEnabled: false },
    // Errors reach the caller as parts; the default prints them, with the prompt inside.
    onError: () => {},
    // What the team says stays out of the provider's own storage (Responses API: on by default).
    providerOptions: { openai: { store: false } },
  })
  return stream[Symbol.asyncIterator]()
}

function failed(reason: ModelFault): ModelPart {
  return { type: 'error', fault: reason }
}

function finished({ finishReason, totalUsage }: Extract<SdkPart, { type: 'finish' }>): ModelPart {
  const finish = COMMITS.find((one) => one === finishReason)
  if (finish === undefined) return failed(fault('PROVIDER_CUT', `finish reason ${finishReason}`))
  const { inputTokens, outputTokens } = totalUsage
  const usage = {
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
  }
  return { type: 'finish', finish, ...(Object.keys(usage).length > 0 ? { usage } : {}) }
}

const COMMITS: readonly StepFinish[] = ['stop', 'length', 'tool-calls', 'content-filter']

/** Providers may cut a chunk between the halves of a character; nobody downstream should see half of one. */
class PairJoiner {
  #half = ''

  push(text: string): string {
    const joined = this.#half + text
    this.#half = /[\uD800-\uDBFF]$/.exec(joined)?.[0] ?? ''
    return joined.slice(0, joined.length - this.#half.length)
  }

  rest(): string {
    return this.#half
  }
}
