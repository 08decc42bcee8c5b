// How many random cases a property is tried on: as many as its test says, times DAYBOOK_CASES (`20`, `1/4`), from DAYBOOK_SEED on.
import fc from 'fast-check'

export interface Cases {
  readonly numRuns: number
  readonly seed: number
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

/** Starts to count the milliseconds that this thread works: a busy machine makes them last longer, but no more of them. */
export function worked(): () => number {
  const before = process.threadCpuUsage()
  return () => {
    const { user, system } = process.threadCpuUsage(before)
    return (user + system) / 1000
  }
}

const character = fc
  .integer({ min: 0, max: 0x10ffff - 0x800 })
  .map((point) => String.fromCodePoint(point < 0xd800 ? point : point + 0x800))

/** Any text at all. The library's own unit `binary` is the same characters from a table that takes two seconds and 90 MB to make. */
export function anyCharacters(bounds: fc.StringConstraints = {}): fc.Arbitrary<string> {
  // Among the plain ones are names like `__proto__`.
  return fc.oneof(
    { weight: 5, arbitrary: fc.string({ ...bounds, unit: character }) },
    { weight: 1, arbitrary: fc.string(bounds) },
  )
}

/** Parameters of a property. Every run tries the same cases, so that a change fails for what it changes; the campaign `properties` tries others. */
export function cases(count: number, seed = 1): Cases {
  return { numRuns: Math.ceil(count * times), seed: given ?? seed }
}
