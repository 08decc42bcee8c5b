// What server and client say to each other beside bytes, as JSON in frames of text.

import { compile } from '../../schema/check.ts'
import { DaybookError, type ErrorCode } from '../../schema/errors.ts'
import type { Size } from './sizes.ts'

/** Output goes in binary frames: two offsets of eight bytes, from and to, big-endian, then the bytes. */
export type Told =
  | ({
      readonly type: 'snapshot'
      readonly offset: number
      readonly ansi: string
      readonly title: string
      readonly cursor_hidden: boolean
    } & Size)
  /** The client goes on where it was. */
  | { readonly type: 'resumed'; readonly offset: number }
  /** From there on something is left out; a snapshot follows. */
  | { readonly type: 'gap'; readonly from: number }
  | ({ readonly type: 'resized' } & Size)
  | { readonly type: 'exit'; readonly exit_code: number | null; readonly signal: string | null }
  | { readonly type: 'error'; readonly code: ErrorCode; readonly detail: string }

const columns = { type: 'integer', minimum: 1, maximum: 1000 } as const
const check = compile({
  anyOf: [
    {
      type: 'object',
      properties: { type: { const: 'input' }, text: { type: 'string' } },
      required: ['type', 'text'],
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: { type: { const: 'resize' }, cols: columns, rows: columns },
      required: ['type', 'cols', 'rows'],
      additionalProperties: false,
    },
  ],
})

/** Keys, or the size that the client has; `invalid` for anything else. */
export function toldBy(text: string): Buffer | Size {
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch (cause) {
    throw new DaybookError('invalid', 'a frame of text is JSON', { cause })
  }
  const misfit = check(frame, '')
  if (misfit) throw new DaybookError('invalid', `${misfit.field} ${misfit.why}`, { field: misfit.field })
  const told = frame as { readonly type: 'input'; readonly text: string } | ({ readonly type: 'resize' } & Size)
  return told.type === 'input' ? Buffer.from(told.text) : { cols: told.cols, rows: told.rows }
}
