// The one table of routes.

import type { Route } from '../route.ts'
import { agentRoutes } from './agents.ts'
import { blobRoutes } from './blobs.ts'
import { docsRoute } from './docs.ts'
import { entryRoutes } from './entries.ts'
import { feedRoutes } from './feed.ts'
import { listRoutes } from './list.ts'
import { markRoutes } from './marks.ts'
import { operationRoutes } from './operations.ts'
import { placeRoutes } from './places.ts'
import { sessionRoutes } from './sessions.ts'
import { viewRoutes } from './views.ts'

export const routes: readonly Route[] = [
  ...listRoutes,
  ...sessionRoutes,
  ...entryRoutes,
  ...viewRoutes,
  ...placeRoutes,
  ...agentRoutes,
  ...markRoutes,
  ...blobRoutes,
  ...feedRoutes,
  ...operationRoutes,
  docsRoute,
]
