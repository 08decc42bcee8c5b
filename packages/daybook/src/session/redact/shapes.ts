// The table of secrets that are known by their own form (a prefix, a length, an alphabet), and the search for them.
import type { Finder, Hit } from './finder.ts'

/** Characters of a run: every shape of the table contains an unbroken run of at least `RUN` of them. */
const RUN = 20
/** Longest run that one match takes; what lies beyond it stays in the text. */
const LONG = 8192

interface Shape {
  readonly shape: string
  /** What the secret begins with. Up to here it can be told apart cheaply. */
  readonly lead: string
  readonly rest: string
  /** `apart`: the lead ends before the first long run; otherwise that run begins with the lead. */
  readonly apart?: true
}

const word = (least: number) => `[\\w-]{${least},${LONG}}`
// An earlier replacement counts as going on, as the text did that it replaced.
const closed = '(?![\\w-]|\\[redacted:)'
const alnum = (length: number) => `[A-Za-z0-9]{${length}}${closed}`
const hex = (length: number) => `[a-f0-9]{${length}}${closed}`
const bech = '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]'

/** Order matters where two leads begin alike: the more special one comes first. */
const SHAPES: readonly Shape[] = [
  { shape: 'aws-access-key-id', lead: '(?:AKIA|ASIA|ABIA|ACCA)', rest: `[A-Z0-9]{16}${closed}` },
  { shape: 'github-token', lead: 'gh[pousr]_', rest: alnum(36) },
  { shape: 'github-token', lead: 'ghr_', rest: alnum(76) },
  { shape: 'github-token', lead: 'github_pat_', rest: `[A-Za-z0-9]{22}_[A-Za-z0-9]{59}${closed}` },
  {
    shape: 'gitlab-token',
    lead: 'gl(?:pat|dt|rt|cbt|ptt|ft|agent|soat|oas)-',
    rest: `${word(20)}(?:\\.[a-z0-9]{2}\\.[a-z0-9]{9})?`,
  },
  { shape: 'slack-token', lead: '(?:xox[abeoprs]|xapp)-', rest: `(?=[\\w-]{0,16}\\d)${word(20)}` },
  {
    shape: 'slack-webhook',
    lead: 'hooks\\.slack\\.com\\\\*/services\\\\*/\\w{6,16}\\\\*/\\w{6,18}\\\\*/',
    rest: '[A-Za-z0-9]{20,64}',
    apart: true,
  },
  { shape: 'stripe-key', lead: '(?:sk|rk)_(?:live|test)_', rest: '[A-Za-z0-9]{20,247}' },
  { shape: 'stripe-webhook-secret', lead: 'whsec_', rest: '[A-Za-z0-9]{32,64}' },
  { shape: 'anthropic-key', lead: 'sk-ant-', rest: word(20) },
  { shape: 'openai-key', lead: 'sk-(?:proj|svcacct|admin)-', rest: word(20) },
  { shape: 'openai-key', lead: 'sk-', rest: `(?=[\\w-]{0,400}\\d)(?=[\\w-]{0,400}[A-Z])${word(20)}` },
  { shape: 'openrouter-key', lead: 'sk-or-v1-', rest: hex(64) },
  { shape: 'openai-compatible-key', lead: 'sk-', rest: hex(32) },
  { shape: 'google-api-key', lead: 'AIza', rest: `[\\w-]{35}${closed}` },
  { shape: 'google-oauth-secret', lead: 'GOCSPX-', rest: `[\\w-]{28}${closed}` },
  { shape: 'google-oauth-token', lead: 'ya29\\.', rest: `${word(20)}(?:\\.${word(1)})?`, apart: true },
  { shape: 'huggingface-token', lead: 'hf_', rest: alnum(34) },
  { shape: 'npm-token', lead: 'npm_', rest: alnum(36) },
  { shape: 'pypi-token', lead: 'pypi-AgE', rest: word(50) },
  { shape: 'sendgrid-key', lead: 'SG\\.', rest: `[\\w-]{22}\\.[\\w-]{43}${closed}`, apart: true },
  { shape: 'twilio-key', lead: 'SK', rest: hex(32) },
  { shape: 'telegram-token', lead: '(?<=\\d{8}:)AA', rest: `[\\w-]{33}${closed}` },
  { shape: 'discord-token', lead: '[MNO][\\w-]{22,28}\\.', rest: `[\\w-]{6}\\.[\\w-]{27,40}${closed}` },
  { shape: 'jwt', lead: 'eyJ', rest: '[\\w-]{17,2048}\\.eyJ[\\w-]{10,8192}\\.[\\w-]{20,2048}' },
  { shape: 'digitalocean-token', lead: 'do[opr]_v1_', rest: hex(64) },
  {
    shape: 'doppler-token',
    lead: 'dp\\.(?:pt|st|ct|sa|scim|audit|said)\\.(?:[a-z0-9_-]{2,35}\\.)?',
    rest: `[A-Za-z0-9]{40,44}${closed}`,
    apart: true,
  },
  { shape: 'linear-key', lead: 'lin_api_', rest: alnum(40) },
  { shape: 'notion-token', lead: 'ntn_', rest: `[A-Za-z0-9]{40,50}${closed}` },
  { shape: 'notion-token', lead: 'secret_', rest: alnum(43) },
  { shape: 'shopify-token', lead: 'shp(?:at|ca|pa|ss)_', rest: `[a-fA-F0-9]{32}${closed}` },
  { shape: 'mailgun-key', lead: 'key-', rest: hex(32) },
  { shape: 'groq-key', lead: 'gsk_', rest: '[A-Za-z0-9]{40,64}' },
  { shape: 'xai-key', lead: 'xai-', rest: '[A-Za-z0-9]{60,100}' },
  { shape: 'databricks-token', lead: 'dapi', rest: `[a-f0-9]{32}(?:-\\d{1,2})?${closed}` },
  { shape: 'vault-token', lead: 'hv[sbr]\\.', rest: `(?=[\\w-]{0,200}\\d)${word(24)}`, apart: true },
  { shape: 'age-secret-key', lead: 'AGE-SECRET-KEY-1', rest: `${bech}{58}${closed}` },
  { shape: 'bearer-token', lead: '(?<=[Bb]earer )', rest: `(?=[\\w-]{0,200}\\d)${word(20)}[\\w.~+/=-]{0,${LONG}}` },
]

/** A pattern that is read when it is first needed: the long ones cost a start a millisecond. */
function later(source: string, flags: string): () => RegExp {
  let pattern: RegExp | undefined
  return () => {
    pattern ??= new RegExp(source, flags)
    return pattern
  }
}

/** Names under which this table reports. */
export const SHAPE_NAMES: readonly string[] = [...new Set(SHAPES.map((each) => each.shape))]

// A letter before the secret may belong to an escape of JSON inside a string: the n of \n is no part of the word.
const border = '(?:(?<![\\w-])|(?<=\\\\[nrtbf]|\\\\u[\\da-fA-F]{4}))'
const table = `(?:${SHAPES.map((each) => `(${each.lead}${each.rest})`).join('|')})`
const SEARCH = later(border + table, 'g')
const JOINED = later(table, 'y')

// Read at the start of a long run, which in JSON text may be lengthened by the last letters of an escape.
const glued = SHAPES.filter((each) => !each.apart).map((each) => each.lead)
const apart = SHAPES.filter((each) => each.apart).map((each) => each.lead)
const HINT = later(`(?<=${apart.join('|')})|(?:[nrtbf]|u[\\da-fA-F]{4})?(?:${glued.join('|')})`, 'y')

const IN_RUN = new Uint8Array(128)
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-') IN_RUN[char.charCodeAt(0)] = 1
const inRun = (code: number) => code < 128 && IN_RUN[code] === 1

/**
 * Start of the next long run at or behind `from`, or -1. Looks at every twentieth character first, because a run of twenty
 * covers one of them: plain words of any language cost about a fifth of a look per character.
 */
function nextRun(text: string, from: number): number {
  const length = text.length
  let probe = from + RUN - 1
  while (probe < length) {
    let at = probe
    while (at > probe - RUN && inRun(text.charCodeAt(at))) at--
    if (at === probe - RUN) return at + 1
    probe = at + RUN
  }
  return -1
}

function runEnd(text: string, from: number): number {
  let at = from
  while (at < text.length && inRun(text.charCodeAt(at))) at++
  return at
}

/** True when the text has a long run that begins like one of the shapes; also for serialised JSON. */
export function hintsShape(text: string): boolean {
  const hint = HINT()
  for (let at = nextRun(text, 0); at >= 0; at = nextRun(text, runEnd(text, at))) {
    hint.lastIndex = at
    if (hint.test(text)) return true
  }
  return false
}

function hitOf(match: RegExpExecArray | null): Hit | null {
  if (match === null) return null
  const known = SHAPES[match.findIndex((group, index) => index > 0 && group !== undefined) - 1]
  if (known === undefined) throw new Error('redact: a shape matched without its group')
  return { start: match.index, end: match.index + match[0].length, shape: known.shape }
}

/** Finds the shapes of the table. */
export const shapes: Finder = {
  next(text, from) {
    const search = SEARCH()
    search.lastIndex = from
    return hitOf(search.exec(text))
  },
  joined(text, at) {
    const search = JOINED()
    search.lastIndex = at
    return hitOf(search.exec(text))
  },
}
