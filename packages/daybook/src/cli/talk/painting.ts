// How what is said looks on a terminal.

import { styleText } from 'node:util'
import type { Output } from '../output.ts'
import type { Look, Paint } from './markdown.ts'

const styles = {
  strong: 'bold',
  emphasis: 'italic',
  code: 'cyan',
  heading: 'bold',
  dim: 'dim',
} as const satisfies Readonly<Record<Look, string>>

/** As the output has colours or none. */
export function paintOf({ style }: Output): Paint {
  const colour = style('bold', 'x') !== 'x'
  return (looks, text) =>
    colour
      ? styleText(
          looks.map((look) => styles[look]),
          text,
          { validateStream: false },
        )
      : text
}
