// The models of a configuration: which can be asked, why others cannot, and each of them ready to be called.

import { type Candidate, callModels, type Patience, patience } from './call.ts'
import { type Model, type ModelFacts, ModelFailure, type ModelName, type Models } from './contract.ts'
import { Estimator, familyOf, type Learning } from './estimate.ts'
import { factsOf } from './facts.ts'
import type { ProviderKind, ProviderOpening, SdkModel } from './provider.ts'
import { type ModelSettings, type ProviderSettings, presets } from './settings.ts'
import { type ModelTime, realTime } from './time.ts'
import { transport } from './transport.ts'

export interface ModelParts {
  readonly kinds: readonly ProviderKind[]
  /** Whether a package can be loaded from here. */
  installed(name: string): boolean
  readonly time?: ModelTime
  readonly patience?: Partial<Patience>
  /** Where estimates begin, and are told what they learn; default: anew, and nowhere. */
  readonly learning?: Learning
}

/** A provider as it is configured, or what is missing. */
type Provider =
  | { readonly kind: ProviderKind; readonly opening: Omit<ProviderOpening, 'fetch'> }
  | { readonly why: string }

class ConfiguredModels implements Models {
  readonly #settings: ModelSettings
  readonly #parts: ModelParts
  readonly #time: ModelTime
  readonly #patience: Patience
  readonly #candidates = new Map<ModelName, Candidate>()
  readonly #estimators = new Map<string, Estimator>()

  constructor(settings: ModelSettings, parts: ModelParts) {
    this.#settings = settings
    this.#parts = parts
    this.#time = parts.time ?? realTime
    this.#patience = { ...patience, ...parts.patience }
  }

  get standard(): ModelName | null {
    return this.#settings.model ?? null
  }

  get named(): readonly ModelName[] {
    const { model, fallback = [], facts = {} } = this.#settings
    const exact = Object.keys(facts).filter((name) => isName(name) && !name.includes('*'))
    return [...new Set([...(model === undefined ? [] : [model]), ...fallback, ...exact])]
  }

  list(): readonly ModelFacts[] {
    return this.named.flatMap((name) => this.#candidate(name)?.facts ?? [])
  }

  get(names: ModelName | readonly ModelName[]): Model | undefined {
    const wanted = typeof names === 'string' ? [names] : names
    const { model, fallback = [] } = this.#settings
    // Whoever names the standard model alone means it with what stands in for it.
    const all = model !== undefined && wanted.length === 1 && wanted[0] === model ? [model, ...fallback] : wanted
    const candidates = [...new Set(all)].flatMap((name) => this.#candidate(name) ?? [])
    const [first] = candidates
    if (first === undefined) return undefined
    const settings = { time: this.#time, patience: this.#patience }
    return {
      facts: first.facts,
      estimate: (text) => first.estimator.tokens(text),
      get corrected() {
        return first.estimator.corrected
      },
      call: (request, options) => callModels(candidates, request, options, settings),
    }
  }

  why(name: ModelName): string {
    if (name === '') return noModel
    if (!isName(name)) return `${name} is no name of a model: write provider/model, as in anthropic/claude-sonnet-4-5`
    const provider = this.#provider(name.slice(0, name.indexOf('/')))
    return 'why' in provider ? `${name} cannot be asked: ${provider.why}` : `${name} can be asked`
  }

  #candidate(name: ModelName): Candidate | undefined {
    const made = this.#candidates.get(name)
    if (made || !isName(name)) return made
    const slash = name.indexOf('/')
    const provider = this.#provider(name.slice(0, slash))
    if ('why' in provider) return undefined
    const { kind, opening } = provider
    const facts = factsOf(name, this.#settings.facts, kind.pdf)
    const family = familyOf(opening.name, name.slice(slash + 1))
    const estimator = this.#estimator(family)
    const candidate: Candidate = {
      kind,
      facts,
      estimator,
      schemaInWords: kind.schemaInWords?.(opening.schemas ?? null) ?? false,
      open: once(() => this.#open(kind, opening, facts)),
    }
    this.#candidates.set(name, candidate)
    return candidate
  }

  #estimator(family: string): Estimator {
    const { learning } = this.#parts
    const made = this.#estimators.get(family)
    const estimator = made ?? new Estimator(learning?.known(family), (learned) => learning?.learned(family, learned))
    this.#estimators.set(family, estimator)
    return estimator
  }

  async #open(kind: ProviderKind, opening: Omit<ProviderOpening, 'fetch'>, facts: ModelFacts): Promise<SdkModel> {
    const { name } = facts
    try {
      const open = await kind.load({ ...opening, fetch: transport(() => this.#time.now()) })
      return open(name.slice(name.indexOf('/') + 1), facts)
    } catch (error) {
      const code = (error as { code?: unknown } | null)?.code
      const missing = code === 'ERR_MODULE_NOT_FOUND'
      const why = missing ? installing(kind) : 'its package cannot be opened'
      throw new ModelFailure('invalid_request', name, `${name}: ${why}`, missing ? {} : { cause: error })
    }
  }

  #provider(name: string): Provider {
    const said: ProviderSettings = { ...presets[name], ...this.#settings.providers?.[name] }
    const configured = name in presets || this.#settings.providers?.[name] !== undefined
    const { kinds } = this.#parts
    const wanted = said.kind ?? (kinds.some(({ kind }) => kind === name) ? name : 'openai-compatible')
    const kind = kinds.find((each) => each.kind === wanted)
    if (kind === undefined)
      return { why: `there is no kind of provider ${wanted}; known: ${kinds.map((each) => each.kind).join(', ')}` }
    if (!configured && kind.kind !== name) {
      return { why: `there is no provider ${name}; give it a base_url under providers in daybook.json` }
    }
    const baseUrl = said.base_url ?? kind.baseUrl
    if (baseUrl === undefined)
      return { why: `its provider has no base_url; set providers.${name}.base_url in daybook.json` }
    if (!this.#parts.installed(kind.package)) return { why: installing(kind) }
    const variable = said.key ?? kind.key
    const key = variable === null ? undefined : this.#settings.key(variable)
    if (variable !== null && !key) {
      const refused = this.#settings.refused
      return {
        why: `its key is not set: put it into ${variable}, in the environment or the secrets file${refused === undefined ? '' : `; ${refused}`}`,
      }
    }
    const opening = {
      name,
      baseUrl,
      ...(key ? { key } : {}),
      ...(said.api ? { api: said.api } : {}),
      ...(said.schemas === undefined ? {} : { schemas: said.schemas }),
    }
    return { kind, opening }
  }
}

/** @returns what is asked of nobody yet: packages are loaded by the first call */
export function modelsOf(settings: ModelSettings, parts: ModelParts): Models {
  return new ConfiguredModels(settings, parts)
}

const noModel =
  'no model is configured: set "model" in daybook.json or DAYBOOK_MODEL, as in anthropic/claude-sonnet-4-5'
const isName = (name: string): boolean => /^[^/\s]+\/\S+$/.test(name)

function installing({ package: name }: ProviderKind): string {
  const also = name === 'ai-sdk-ollama' ? ' ai' : ''
  return `the package ${name} is not installed: npm install ${name}${also}`
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    }))
}
