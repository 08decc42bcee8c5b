// Messages and their parts as Markdown that cannot break what stands around it.

import type { Json } from '../../schema/json.ts'
import type { Part } from '../../schema/parts.ts'
import type { HistoryMessage } from '../views/contract.ts'

export function messageMarkdown(message: HistoryMessage, time: string): string {
  const { role, agent, name, model, seq, content, parts = [] } = message
  const by = [role, name ?? agent, model].filter((each) => each !== undefined).map(inline)
  const blocks = [`## ${by.join(' · ')}`, `<a id="${seq}"></a>*${time} · ${seq}*`]
  if (content.trim() !== '') blocks.push(role === 'tool' ? fenced(content) : closed(content))
  for (const part of parts) blocks.push(...partMarkdown(part, content))
  return `${blocks.join('\n\n')}\n`
}

function partMarkdown(part: Part, content: string): string[] {
  switch (part.type) {
    case 'text':
      return content.includes(part.text) ? [] : [closed(part.text)]
    case 'reasoning':
      return [quoted(part.text)]
    case 'call':
      return [`Call \`${code(part.name)}\``, ...(part.input === undefined ? [] : [value(part.input)])]
    case 'result':
      return [part.error ? 'Failed' : 'Result', ...(part.output === undefined ? [] : [value(part.output)])]
    case 'file':
      return [
        `File ${inline(part.name ?? part.url ?? part.blob ?? '')}${part.blob === undefined ? '' : ` (blob \`${part.blob}\`)`}`,
      ]
    case 'edit': {
      const to = part.to === undefined ? '' : ` → \`${code(part.to)}\``
      return [
        `Edit \`${code(part.path)}\`${to} (${part.operation})`,
        ...(part.diff === undefined ? [] : [fenced(part.diff, 'diff')]),
      ]
    }
  }
}

function value(given: unknown): string {
  return typeof given === 'string' ? fenced(given) : fenced(JSON.stringify(given as Json, null, 2), 'json')
}

/** A fence is longer than every run of backticks inside. */
export function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}`
}

/** The text as it stands; a fence that it leaves open would swallow all that follows. */
export function closed(text: string): string {
  let open: string | null = null
  for (const line of text.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line)
    if (!mark) continue
    const [, fence = '', info = ''] = mark
    if (open === null) open = fence.startsWith('`') && info.includes('`') ? null : fence
    else if (fence[0] === open[0] && fence.length >= open.length && info.trim() === '') open = null
  }
  return open === null ? text : `${text.replace(/\n$/, '')}\n${open}`
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')
}

/** One line, without a meaning of its own in Markdown. */
export function inline(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>#|]/g, '\\$&')
}

/** Inside of single backticks. */
export function code(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('`', "'")
}
