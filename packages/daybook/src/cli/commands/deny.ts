// `daybook deny`: refuses what a run asked for; the run fails with that reason.

import { decider } from '../deciding.ts'

export const perform = decider('denied')
