// `daybook approve`: lets a run go on with what it asked for.

import { decider } from '../deciding.ts'

export const perform = decider('approved')
