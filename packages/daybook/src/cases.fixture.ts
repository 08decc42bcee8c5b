// How many random cases a property is tried on: as many as its test says, times DAYBOOK_CASES (`20`, `1/4`), from DAYBOOK_SEED on.

export interface Cases {
  readonly numRuns: number
  readonly seed?: number
}

/** Beside counts also for tests that are bounded by time. */
export const times = share('DAYBOOK_CASES') ?? wholeNumber('DAYBOOK_CASES') ?? 1
const given = wholeNumber('DAYBOOK_SEED')

/** `1/4` is a quarter. */
function share(name: string): number | undefined {
  const [, of] = /^1\/([2-9])$/.exec(process.env[name] ?? '') ?? []
  return of === undefined ? undefined : 1 / Number(of)
}

function wholeNumber(name: string): number | undefined {
  const text = process.env[name]
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${name}=${text} is no whole number from 1 on`)
  return Number(text)
}

/** Parameters of a property. Without `seed` each run of the test tries other cases. */
export function cases(count: number, seed?: number): Cases {
  const from = given ?? seed
  return { numRuns: Math.ceil(count * times), ...(from === undefined ? {} : { seed: from }) }
}
