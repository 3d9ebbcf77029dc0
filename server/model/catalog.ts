import { type Clock, systemClock } from '../clock.ts'
import { createAiSdkModel } from './ai-sdk.ts'
import { fault } from './faults.ts'
import { createOfflineModel } from './offline.ts'
import type { ModelPart, ModelPort } from './port.ts'
import type { ModelSpec } from './spec.ts'

/** The settings that models are made from; `Settings` has them all. */
export interface ModelSettings {
  /** The first is the default. */
  model: readonly ModelSpec[]
  /** Goes to the one base URL that `model` names. */
  modelKey?: string | undefined
  offlineTps: number
  providers: { openai: ProviderAccess; anthropic: ProviderAccess }
}

/** What the SDK of a provider would read from its own environment variables. */
export interface ProviderAccess {
  apiKey?: string | undefined
  baseURL?: string | undefined
}

/** All configured models as one port. No provider's package is loaded before its first step. */
export function createModel(settings: ModelSettings, clock: Clock = systemClock): ModelPort {
  const ports = new Map(settings.model.map((spec) => [spec.name, createOne(spec, settings, clock)]))
  const models = [...ports.keys()]
  return {
    defaultModel: models[0] ?? '',
    models,
    stream: (call, signal) => ports.get(call.model)?.stream(call, signal) ?? unknownModel(),
  }
}

async function* unknownModel(): AsyncGenerator<ModelPart> {
  yield { type: 'error', fault: fault('MODEL_UNKNOWN', 'not among the configured models') }
}

function createOne(spec: ModelSpec, settings: ModelSettings, clock: Clock): ModelPort {
  const { name } = spec
  switch (spec.provider) {
    case 'offline':
      return createOfflineModel({ tokensPerSecond: settings.offlineTps, clock })
    case 'openai': {
      const load = async () =>
        (await import('@ai-sdk/openai')).createOpenAI(given(settings.providers.openai))(spec.id)
      return createAiSdkModel({ name, load, clock })
    }
    case 'anthropic': {
      const access = given(settings.providers.anthropic)
      const load = async () => (await import('@ai-sdk/anthropic')).createAnthropic(access)(spec.id)
      return createAiSdkModel({ name, load, clock })
    }
    case 'compatible': {
      const load = async () => {
        const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
        const access = given({ apiKey: settings.modelKey, baseURL: spec.baseUrl })
        return createOpenAICompatible({
          name: 'compatible',
          includeUsage: true,
          baseURL: spec.baseUrl,
          ...access,
        })(spec.id)
      }
      return createAiSdkModel({ name, load, clock })
    }
  }
}

/** Without what is not set: there the SDKs read their own environment. */
function given({ apiKey, baseURL }: ProviderAccess): Access {
  return {
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(baseURL === undefined ? {} : { baseURL }),
    fetch: fetchHere,
  }
}

type Access = { apiKey?: string; baseURL?: string; fetch: typeof fetch }

/** A prompt and a key go where the operator said, and not where that points. */
const fetchHere: typeof fetch = (input, init) => fetch(input, { ...init, redirect: 'manual' })
