// The facts of a model: what the configuration says, else our table, else what is safe to assume.

import type { ModelFacts, ModelName } from './contract.ts'
import { type Known, known, unknownModel } from './known.ts'
import type { FactSettings } from './settings.ts'

/** @param pdf whether its provider reads PDF for models that see images */
export function factsOf(name: ModelName, own: Readonly<Record<string, FactSettings>> = {}, pdf = false): ModelFacts {
  const said = Object.entries(own).find(([pattern]) => fits(pattern, name))?.[1] ?? {}
  const row: Omit<Known, 'name'> = known.find((each) => fits(each.name, name)) ?? unknownModel
  const images = said.images ?? row.images
  return {
    name,
    provider: name.slice(0, name.indexOf('/')),
    contextTokens: said.context ?? row.context,
    maxOutputTokens: said.output ?? row.output,
    images,
    pdf: images && pdf,
    price: priceOf(said, row),
  }
}

function priceOf({ price }: FactSettings, row: Pick<Known, 'price'>): ModelFacts['price'] {
  if (price) {
    const { input, output, cached_input: cachedInput } = price
    return { input, output, ...(cachedInput === undefined ? {} : { cachedInput }) }
  }
  if (!row.price) return null
  const [input, output, cachedInput, writtenInput] = row.price
  return {
    input,
    output,
    ...(cachedInput === undefined ? {} : { cachedInput }),
    ...(writtenInput === undefined ? {} : { writtenInput }),
  }
}

/** `*` stands for anything, also nothing. */
export function fits(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*')
  const text = name.toLowerCase()
  if (rest.length === 0) return first === text
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const [index, piece] of rest.entries()) {
    const found = index === rest.length - 1 ? text.length - piece.length : text.indexOf(piece, at)
    if (found < at || !text.startsWith(piece, found)) return false
    at = found + piece.length
  }
  return true
}
