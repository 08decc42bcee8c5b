// Whether a program that ended did nothing at all: it could not read its arguments, or knows no session by its token.

/** Milliseconds after which it had time to do something. */
const soonMs = 3000

const arguments_ =
  /^[ \t]*usage:|\b(?:unknown|unrecognized|unrecognised|invalid|unexpected|illegal) (?:option|argument|command|flag)\b/im
const session = '(?:session|conversation|thread|rollout)'
const lost = '(?:not found|does not exist|no such|unknown|invalid)'
const token = new RegExp(
  `\\b${session}\\b[^\\n]{0,80}\\b${lost}\\b|\\b(?:no|${lost})\\b[^\\n]{0,40}\\b${session}\\b`,
  'i',
)

export interface Ended {
  readonly code: number | null
  readonly stderr: string
  /** It was to go on in a session of its own. */
  readonly resumed: boolean
  /** Exit codes by which it says that it knows no such session. */
  readonly codes: readonly number[]
  readonly livedMs: number
}

/** Of one that printed nothing to standard output; null where it may have done something. */
export function refusalOf({ code, stderr, resumed, codes, livedMs }: Ended): 'token' | 'arguments' | null {
  if (code === null || code === 0) return null
  if (resumed && (codes.includes(code) || token.test(stderr))) return 'token'
  return livedMs <= soonMs && arguments_.test(stderr) ? 'arguments' : null
}
