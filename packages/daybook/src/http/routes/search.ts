// Finding entries over all sessions of the caller.

import { FindQuery, HitList } from '../../schema/wire-search.ts'
import { hitListOf, questionOf } from '../../search/wire.ts'
import { type Route, route } from '../route.ts'
import * as examples from '../search-examples.ts'

const find = route(
  {
    method: 'GET',
    path: '/search',
    operation: 'findEntries',
    tag: 'entries',
    summary: 'Find entries over all sessions, best first',
    details:
      'In open and archived sessions that the caller may see. Words are found in all their forms (English, Russian), Chinese ' +
      'by its signs, names of code by any three characters of them, "phrases" as they stand. Text and newness decide the order.',
    query: FindQuery,
    answers: { 200: { description: 'One page.', schema: HitList, example: examples.hitList } },
  },
  async ({ mine, query, context }) => ({
    body: JSON.stringify(hitListOf(await context.search.find(mine, questionOf(query)))),
  }),
)

export const searchRoutes: readonly Route[] = [find]
