// Programs in a terminal, against the suite of all drivers.

import { driverSuite } from '../conformance.fixture.ts'
import { openProgram, shellWords } from '../driving.fixture.ts'
import { ptyDriver } from './driver.ts'

driverSuite('pty', openProgram('bash', shellWords, ptyDriver))
