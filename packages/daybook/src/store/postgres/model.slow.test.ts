// Random programs against the PostgreSQL store, reopened now and then: every answer must be that of the model.

import { it } from 'node:test'
import { cases } from '../../cases.fixture.ts'
import { agrees } from '../random.fixture.ts'
import { postgresUnderTest } from './server.fixture.ts'

it('[S4.5] random programs leave in the PostgreSQL store what they leave in the model', () =>
  agrees(() => postgresUnderTest(), { ...cases(12), steps: 40 }))
