// A call of a model whose money was put aside: what it really took is settled behind it, also where it failed on the way.

import { type ModelAnswer, ModelFailure } from '../../model/contract.ts'
import type { Reservation } from './contract.ts'

/** The call's answer, or its failure once that is settled. What had begun is paid for all the same. */
export async function settling(
  reservation: Reservation | undefined,
  call: () => Promise<ModelAnswer>,
): Promise<ModelAnswer> {
  const answer = await call().catch(async (error: unknown) => {
    await giveBack(reservation, error)
    throw error
  })
  await reservation?.settle(answer)
  return answer
}

async function giveBack(reservation: Reservation | undefined, error: unknown): Promise<void> {
  if (!(error instanceof ModelFailure) || error.usage === undefined) return reservation?.release()
  const { usage, cost } = error
  await reservation?.settle({ usage, ...(cost === undefined ? undefined : { cost }) })
}
