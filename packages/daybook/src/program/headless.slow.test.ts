// Programs that take one prompt with each start, against the suite of all drivers.

import { driverSuite } from './conformance.fixture.ts'
import { openProgram, shellWords } from './driving.fixture.ts'
import { headlessDriver } from './headless.ts'

driverSuite('headless', openProgram('bash', shellWords, headlessDriver))
