// The structured answer of a model: read from its text, and held to its schema here, whatever the provider promises.

import type { JsonObject } from '../schema/json.ts'

export type Read = { readonly value: unknown } | { readonly why: string }

/** The value that a text says, or what is wrong with it, in words that the model can act on. */
export async function readAnswer(text: string, schema: JsonObject): Promise<Read> {
  const value = jsonOf(text)
  if (value === undefined) return { why: 'it is not JSON' }
  const { Errors } = await import('typebox/schema')
  const [fits, errors] = Errors(schema, value)
  if (fits) return { value }
  const [first] = errors as readonly { readonly instancePath?: string; readonly message?: string }[]
  return { why: `${first?.instancePath || 'the answer'} ${first?.message ?? 'does not fit the schema'}` }
}

/** Models like to put a fence or a sentence around what they were asked for. */
function jsonOf(text: string): unknown {
  const fenced = /```(?:json)?\s*([\s\S]*?)```/.exec(text)?.[1]
  const braces = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)
  for (const each of [text, fenced, braces]) {
    if (each === undefined || each.trim() === '') continue
    try {
      return JSON.parse(each) as unknown
    } catch {
      // The next form is tried.
    }
  }
  return undefined
}

/** Told to a model whose provider holds its answer only to being JSON. */
export function schemaInWords(instructions: string, schema: JsonObject): string {
  const rule = `Answer with one JSON value and nothing else. It must fit this JSON Schema:\n${JSON.stringify(schema)}`
  return instructions.trim() === '' ? rule : `${instructions}\n\n${rule}`
}
