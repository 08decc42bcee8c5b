// What a client does after a crash: it repeats, with the same keys, the writes that nobody answered.

import type { Counter } from './campaign.ts'
import { type Door, performed, Refused } from './doors.ts'
import type { Ledger } from './ledger.ts'

export async function repeatUnanswered(door: Door, ledger: Ledger, counter: Counter): Promise<void> {
  for (const { op } of ledger.unanswered()) {
    counter.add('unanswered with a key, repeated')
    try {
      const ack = await performed(door, op)
      if (ack.replayed) counter.add('of these had been applied')
      ledger.take({ t: 'acked', marker: op.marker, ack })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      ledger.take({ t: 'refused', marker: op.marker, code: error.code, message: error.message })
    }
  }
}
