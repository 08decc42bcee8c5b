// Where a queued run goes when somebody moves it.

interface Placed {
  readonly run_id: string
}

/**
 * What the run at `from` stands before once it is the one at `to`, as the server is asked; null: at the end. Undefined where it stays.
 */
export function beforeWhich(runs: readonly Placed[], from: number, to: number): string | null | undefined {
  if (from === to || !runs[from] || to < 0 || to >= runs.length) return undefined
  return runs.filter((_, at) => at !== from)[to]?.run_id ?? null
}
