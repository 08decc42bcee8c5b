// What the redactor's tests share: the vectors put together, and a redactor with and one without configured values.
import type { Redactor } from '../redact.ts'
import { redactor } from '../redact.ts'
import rows from '../redact.vectors.json' with { type: 'json' }

// Kept in parts, so that no secret of the vectors stands whole in a file.
export const whole = (parts: string | readonly string[]): string => (typeof parts === 'string' ? parts : parts.join(''))

export const vectors = rows.map(({ shape, match, near }) => ({
  shape,
  match: match.map((each) => ({ before: whole(each.before), secret: whole(each.secret), after: whole(each.after) })),
  near: near.map(whole),
}))
export const secrets = vectors.flatMap(({ match }) => match.map((each) => each.before + each.secret + each.after))
export const nears = vectors.flatMap(({ near }) => near)

export const plain = redactor()
export const configured = [
  { name: 'db-main', value: 'correct horse' },
  { name: 'odd', value: 'ключ"/\\\n7' },
  { name: 'short', value: 'qwerty' },
]
export const withValues = redactor({ values: configured })
export const both: readonly Redactor[] = [plain, withValues]
