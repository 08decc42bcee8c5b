// Agents that speak the Agent Client Protocol, against the suite of all drivers.

import { acpDriver } from '../acp.ts'
import { driverSuite } from '../conformance.fixture.ts'
import { openHost, programOf, settingOf } from '../driving.fixture.ts'
import { agentSettings, agentWords } from './talking.fixture.ts'

driverSuite('acp', (t) => {
  const { host, folder } = openHost(t)
  const program = programOf('small', agentSettings(['blind']))
  return { folder, words: agentWords, driver: () => acpDriver(settingOf(program, host, folder)) }
})
