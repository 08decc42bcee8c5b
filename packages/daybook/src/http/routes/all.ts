// The one table of routes.

import type { Route } from '../route.ts'
import { activeRoutes } from './active.ts'
import { adoptionRoutes } from './adoptions.ts'
import { agentRoutes } from './agents.ts'
import { approvalRoutes } from './approvals.ts'
import { attachRoutes } from './attach.ts'
import { blobRoutes } from './blobs.ts'
import { budgetRoutes } from './budgets.ts'
import { codeRoutes } from './codes.ts'
import { contextRoutes } from './context.ts'
import { docsRoute } from './docs.ts'
import { entryRoutes } from './entries.ts'
import { exportRoutes } from './exports.ts'
import { feedRoutes } from './feed.ts'
import { listRoutes } from './list.ts'
import { markRoutes } from './marks.ts'
import { modelRoutes } from './models.ts'
import { operationRoutes } from './operations.ts'
import { overviewRoutes } from './overview.ts'
import { placeRoutes } from './places.ts'
import { processViewRoutes } from './process-views.ts'
import { processRoutes } from './processes.ts'
import { programRoutes } from './programs.ts'
import { runChangeRoutes } from './run-changes.ts'
import { runMetricsRoutes } from './run-metrics.ts'
import { runRoutes } from './runs.ts'
import { searchRoutes } from './search.ts'
import { sessionRoutes } from './sessions.ts'
import { skillRoutes } from './skills.ts'
import { viewRoutes } from './views.ts'
import { workerRoutes } from './workers.ts'

export const routes: readonly Route[] = [
  ...listRoutes,
  ...sessionRoutes,
  ...entryRoutes,
  ...viewRoutes,
  ...overviewRoutes,
  ...contextRoutes,
  ...runRoutes,
  ...runChangeRoutes,
  ...approvalRoutes,
  ...skillRoutes,
  ...modelRoutes,
  ...budgetRoutes,
  ...workerRoutes,
  ...programRoutes,
  ...processRoutes,
  ...processViewRoutes,
  ...attachRoutes,
  ...codeRoutes,
  ...runMetricsRoutes,
  ...placeRoutes,
  ...agentRoutes,
  ...markRoutes,
  ...activeRoutes,
  ...blobRoutes,
  ...exportRoutes,
  ...feedRoutes,
  ...searchRoutes,
  ...adoptionRoutes,
  ...operationRoutes,
  docsRoute,
]
