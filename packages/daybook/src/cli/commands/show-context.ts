// `daybook show --context`: what the next call of an agent would send to its model, and why each part of it is there.

import type { ContextShape } from '../../schema/wire-context.ts'
import { count } from '../format/time.ts'
import { harmless, oneLine } from '../format/width.ts'
import type { Output } from '../output.ts'

/** Parts with their reasons, then every word that would be sent. */
export function printContext(output: Output, shape: ContextShape): void {
  const { agent, model, seq, tokens, budget, left_out: leftOut } = shape
  const share = budget === 0 ? 100 : Math.round((100 * tokens) / budget)
  output.line(
    `what ${agent} would send to ${model} behind entry ${seq}: ${count(tokens)} of ${count(budget)} tokens, ${share} %`,
  )
  const rows = shape.parts.map(({ kind, tokens: own, from, to, why }) => [
    kind,
    count(own),
    from === undefined ? '' : from === to || to === undefined ? `${from}` : `${from}–${to}`,
    oneLine(why),
  ])
  output.table(rows, {
    indent: 1,
    columns: [{}, { right: true }, { right: true }, { flexible: true }],
    styles: ['cyan', undefined, 'dim'],
  })
  if (leftOut) output.hint(`entries ${leftOut.from} to ${leftOut.to} would be summarised before the call`)
  section(output, 'instructions', shape.instructions)
  for (const { role, content, parts = [] } of shape.messages) section(output, role, textOf(content, parts))
  if (shape.skills.length > 0) section(output, 'skills', shape.skills.map(({ name }) => name).join(', '))
}

function section(output: Output, title: string, text: string): void {
  output.line('')
  output.line(output.style('bold', title))
  for (const line of harmless(text).split('\n')) output.line(`  ${line}`)
}

function textOf(content: string, parts: NonNullable<ContextShape['messages'][number]['parts']>): string {
  const lines = parts.flatMap((part) => {
    switch (part.type) {
      case 'call':
        return [`call ${part.call_id}: ${part.name} ${JSON.stringify(part.input ?? {})}`]
      case 'result': {
        const text = typeof part.output === 'string' ? part.output : (JSON.stringify(part.output) ?? '')
        return [`${part.error ? 'failure' : 'result'} of ${part.call_id}: ${text}`]
      }
      case 'reasoning':
        return [`reasoning: ${part.text}`]
      case 'file':
        return [`file ${part.name ?? part.blob ?? ''}`]
      default:
        return []
    }
  })
  return [content, ...lines].filter((line) => line !== '').join('\n')
}
