// The page of campaigns: each has a section that a run with --write replaces.

import { readFileSync, writeFileSync } from 'node:fs'
import type { Campaign, Result } from './campaign.ts'

const page = new URL('../../docs/reference/campaigns.md', import.meta.url)

export interface Run {
  readonly seed: number
  readonly seconds: number
  readonly result: Result
}

export function writeSection(campaign: Campaign, run: Run): void {
  writeFileSync(page, withSection(readFileSync(page, 'utf8'), campaign, run, new Date()))
}

/** The page with this campaign's section replaced, or added at its end. */
export function withSection(text: string, campaign: Campaign, run: Run, now: Date): string {
  const begin = `<!-- ${campaign.name} -->`
  const end = `<!-- end of ${campaign.name} -->`
  const section = `${begin}\n${sectionOf(campaign, run, now)}${end}`
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) return `${text.trimEnd()}\n\n${section}\n`
  return text.slice(0, from) + section + text.slice(to + end.length)
}

function sectionOf({ name, proves }: Campaign, { seed, seconds, result }: Run, now: Date): string {
  const failed = result.failed === 0 ? 'no problem' : `**${result.failed} rounds with a problem**`
  const rows = Object.entries(result.counts).map(([what, count]) => `| ${what} | ${count} |`)
  const skipped = result.skipped.map((reason) => `\nNot tried: ${reason}.\n`)
  return `## ${name}

${proves}

| | |
|---|---|
| date | ${now.toISOString().slice(0, 10)} |
| seed | ${seed} |
| rounds | ${result.rounds} in ${seconds} s |
${rows.join('\n')}
| result | ${failed} |
${skipped.join('')}`
}
