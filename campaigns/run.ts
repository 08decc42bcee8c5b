// Runs campaigns by name: node campaigns/run.ts <name>...|all [--rounds N] [--seed S] [--short] [--write]

import { parseArgs } from 'node:util'
import { agents } from './agents.ts'
import { agentsAcp } from './agents-acp.ts'
import { alike } from './alike.ts'
import { disk } from './disk.ts'
import { history } from './history.ts'
import { hostilePrompts } from './hostile-prompts.ts'
import { kill } from './kill.ts'
import { type Campaign, newFolder, type Result, removeFolder } from './lib/campaign.ts'
import { writeSection } from './lib/page.ts'
import { lostAnswers } from './lost-answers.ts'
import { power } from './power.ts'
import { prompts } from './prompts.ts'
import { promptsInTerminals } from './prompts-in-terminals.ts'
import { properties } from './properties.ts'
import { resume } from './resume.ts'
import { runs, sharedRuns } from './runs.ts'
import { turns } from './turns.ts'

const campaigns: readonly Campaign[] = [
  ...[kill, power, disk, runs, prompts, promptsInTerminals, turns, sharedRuns, alike, lostAnswers, history],
]
/** Only by name: resume and agents need programs of others, and every change runs the tests of properties as they are. */
const byName: readonly Campaign[] = [resume, hostilePrompts, agents, agentsAcp, properties]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    seed: { type: 'string' },
    /** A few rounds of one seed, for every change. */
    short: { type: 'boolean', default: false },
    /** Puts date, seed, counts and result into docs/reference/campaigns.md. */
    write: { type: 'boolean', default: false },
  },
})

function wanted(): readonly Campaign[] {
  if (positionals.length === 0) return []
  if (positionals.includes('all')) return campaigns
  const known = [...campaigns, ...byName]
  return positionals.map((name) => {
    const campaign = known.find((each) => each.name === name)
    if (!campaign)
      throw new Error(`no campaign is called ${name}; there are: ${known.map((each) => each.name).join(' ')}`)
    return campaign
  })
}

function wholeNumber(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${text} is no whole number`)
  return Number(text)
}

async function runOne(campaign: Campaign): Promise<Result> {
  const seed = wholeNumber(values.seed, values.short ? 1 : Date.now() % 1_000_000)
  const rounds = wholeNumber(values.rounds, values.short ? campaign.short : campaign.full)
  const folder = newFolder()
  console.log(`== ${campaign.name}: ${rounds} rounds, seed ${seed}`)
  const begun = performance.now()
  const result = await campaign.run({ rounds, seed, folder, log: (line) => console.log(line) })
  const seconds = Math.round((performance.now() - begun) / 1000)
  for (const [name, count] of Object.entries(result.counts)) console.log(`${String(count).padStart(10)}  ${name}`)
  for (const reason of result.skipped) console.log(`SKIPPED: ${reason}`)
  console.log(`${campaign.name}: ${result.rounds} rounds in ${seconds} s, ${result.failed} with a problem`)
  if (result.failed === 0) removeFolder(folder)
  else console.log(`the files are left in ${folder}; again: --seed ${seed} --rounds ${rounds}`)
  if (values.write) writeSection(campaign, { seed, seconds, result })
  return result
}

const chosen = wanted()
if (chosen.length === 0) {
  console.error(`which campaign? ${[...campaigns, ...byName].map(({ name }) => name).join(', ')}, or all`)
  process.exit(2)
}
let [passed, failed, skipped] = [0, 0, 0]
for (const campaign of chosen) {
  const result = await runOne(campaign)
  passed += result.rounds - result.failed
  failed += result.failed
  skipped += result.skipped.length
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = failed > 0 ? 1 : 0
