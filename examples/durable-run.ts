// Work that outlives its process: steps that are done once, and a person who decides in the middle.
// Run it, and it stops where somebody has to decide; run it again with `yes`, and another process goes on from the log.

import { defineSkill, openSessions } from 'daybook'
import { sqliteStore } from 'daybook/sqlite'
import { fixedSkills, openWork } from 'daybook/work'

const deploy = defineSkill<{ readonly version: string }, string>({
  id: 'deploy',
  name: 'Deploy',
  description: 'Builds a version and ships it.',
  durable: true,
  async run({ version }, { step }) {
    const image = await step('build', () => {
      console.log(`building ${version}`)
      return `app:${version}`
    })
    return step('ship', () => `shipped ${image}`, { risk: 'high', summary: `ship ${image}` })
  },
})

const [path = './data/deploys.db', decision] = process.argv.slice(2)
await using store = sqliteStore({ path })
await using sessions = await openSessions({ store })
await using work = openWork({ sessions, skills: fixedSkills(deploy) })
const mine = work.within({ tenant: 'default', subjects: ['anna'] })

// The key makes it one run, however often this program is started.
const asked = { skill: 'deploy', input: { version: '1.4.0' } }
const { run } = await mine.start('releases', asked, { key: 'deploy 1.4.0', opens: true })
const { status, approvals } = await mine.settled(run)
const [approval] = approvals
console.log(`${status}: ${approval?.summary}`)

if (approval && decision === 'yes') {
  await mine.decide(run, approval.id, { decision: 'approved', digest: approval.digest })
  console.log((await mine.settled(run, { until: 'end' })).output)
}
