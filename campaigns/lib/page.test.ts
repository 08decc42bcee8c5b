// The page of campaigns keeps one section per campaign, whatever else stands on it.

import { match, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { Campaign } from './campaign.ts'
import { withSection } from './page.ts'

const campaign: Campaign = {
  name: 'fire',
  proves: 'It burns.',
  full: 3,
  short: 1,
  run: async () => ({ rounds: 3, failed: 0, counts: { flames: 7 }, skipped: [] }),
}
const now = new Date('2026-01-02T03:04:05Z')

test('A run adds its section, and the next one replaces it', async () => {
  const result = await campaign.run({ rounds: 3, seed: 1, folder: '', log: () => {} })
  const first = withSection('# Page\n', campaign, { seed: 1, seconds: 2, result }, now)
  match(
    first,
    /^# Page\n\n<!-- fire -->\n## fire\n\nIt burns\.\n[\s\S]*\| flames \| 7 \|\n\| result \| no problem \|\n/,
  )
  const text = `${first}\nMore.\n`
  const again = withSection(text, campaign, { seed: 9, seconds: 2, result: { ...result, failed: 2 } }, now)
  strictEqual(again.split('## fire').length, 2)
  match(again, /\| seed \| 9 \|[\s\S]*\*\*2 rounds with a problem\*\*[\s\S]*\n\nMore\.\n$/)
})
