// The few numbers every bench needs: the median, and how a ratio is written for people.

export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2
}

/** `0.87x`, `3.4x`, `16x`, `12,300x`: two or three digits that mean something. */
export function asRatio(value: number): string {
  return `${asNumber(value)}x`
}

export function asNumber(value: number): string {
  if (!Number.isFinite(value)) return '-'
  if (value >= 1000) return Number(value.toPrecision(3)).toLocaleString('en-US')
  if (value >= 100) return value.toFixed(0)
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
