// Estimated tokens of what a model is sent.

import type { ModelMessage } from '../../../model/contract.ts'
import { fileTokens, messageTokens } from '../../../model/estimate.ts'
import type { Part } from '../../../schema/parts.ts'

/** What surrounds a call and a result. */
const callTokens = 12

type Estimate = (text: string) => number

export function blockTokens(part: Part, estimate: Estimate): number {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return estimate(part.text) + beside(part, estimate)
    case 'call':
      return callTokens + estimate(part.name) + estimate(JSON.stringify(part.input) ?? '') + beside(part, estimate)
    case 'result':
      return callTokens + estimate(typeof part.output === 'string' ? part.output : (JSON.stringify(part.output) ?? ''))
    case 'file':
      return fileTokens(part)
    default:
      return 0
  }
}

/** Signatures and encrypted thoughts travel too. */
function beside({ provider }: Part, estimate: Estimate): number {
  return provider === undefined ? 0 : estimate(JSON.stringify(provider))
}

export function tokensOfMessage({ content, parts }: ModelMessage, estimate: Estimate): number {
  const told = parts?.some(({ type }) => type === 'text') ? 0 : estimate(content)
  return messageTokens + told + (parts ?? []).reduce((sum, part) => sum + blockTokens(part, estimate), 0)
}
