// A file of YAML as values, with the line on which each of them stands.

import type { Misfit } from '../../schema/check.ts'
import { faulty } from '../skills/files.ts'

export interface Written {
  readonly value: unknown
  /** The line of a field such as `limits.calls` or `skills[2]`; that of what surrounds it where it is missing. */
  lineOf(field: string): number
}

/** @throws DaybookError `invalid`, with file and line */
export async function readWritten(bytes: Uint8Array, file: string): Promise<Written> {
  const { parseDocument, LineCounter, isMap, isNode, isScalar } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(textOf(bytes, file), { prettyErrors: true, lineCounter: lines })
  const [error] = document.errors
  if (error) {
    const why = (error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '')
    throw faulty(`${file}:${error.linePos?.[0].line ?? 1}`, why, error)
  }
  return {
    value: document.toJS({ maxAliasCount: 100 }),
    lineOf(field) {
      for (let keys = keysOf(field); keys.length > 0; keys = keys.slice(0, -1)) {
        // Of a field its name: what it holds may begin further below.
        const around = keys.length === 1 ? document.contents : document.getIn(keys.slice(0, -1), true)
        const pair = isMap(around) ? around.items.find(({ key }) => isScalar(key) && key.value === keys.at(-1)) : null
        const node = pair?.key ?? document.getIn(keys, true)
        if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
      }
      return 1
    },
  }
}

/** What is wrong with a file, told with its line. */
export function misfitIn(file: string, { field, why }: Misfit, line?: number): Error {
  const place = line === undefined ? file : `${file}:${line}`
  return faulty(place, field === '' ? why : `${field} ${why}`)
}

function keysOf(field: string): (string | number)[] {
  return [...field.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, name]) =>
    index === undefined ? (name ?? '') : Number(index),
  )
}

function textOf(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw faulty(file, 'is not UTF-8', cause)
  }
}
