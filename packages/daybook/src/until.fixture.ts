// Waiting in tests: for a condition, never for a time.

import { ok } from 'node:assert/strict'

/**
 * Waits for what comes soon after an answer; what takes longer may be done by another program, which needs the processor.
 * @param most milliseconds: less than a minute only where something else would bring it later
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = 'what was waited for',
  most = 60_000,
): Promise<void> {
  const end = performance.now() + most
  for (let looks = 0; !(await condition()); looks += 1) {
    ok(performance.now() < end, `${what} did not come within ${most} ms`)
    if (looks < 20) await new Promise((resolve) => setImmediate(resolve))
    else await new Promise((resolve) => setTimeout(resolve, Math.min(looks - 19, 20)))
  }
}
