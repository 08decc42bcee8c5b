// Tells whether two words differ by few typing errors, cheaply enough to ask it of every word that skills use.

/** Errors that a word of this length may contain: short words would become other words. */
export function errorsAllowed(length: number): number {
  return length < 5 ? 0 : length < 8 ? 1 : 2
}

/** One bit per letter, by which most words are known to be too far apart without looking at them. */
export function lettersOf(text: string): number {
  let letters = 0
  for (let at = 0; at < text.length; at++) letters |= 1 << (text.charCodeAt(at) & 31)
  return letters
}

/** An error changes at most two of the letters that occur. */
export function lettersAllow(one: number, other: number, errors: number): boolean {
  let different = one ^ other
  for (let left = 2 * errors; different !== 0; left--) {
    if (left === 0) return false
    different &= different - 1
  }
  return true
}

/** Letters put in, left out, replaced or exchanged with their neighbour; more than `most` is answered as `most + 1`. */
export function distance(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return most + 1
  let before: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    let least = i
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      }
      row[j] = cost
      if (cost < least) least = cost
    }
    if (least > most) return most + 1
    before = last
    last = row
  }
  return Math.min(last[other.length] ?? 0, most + 1)
}
