// Teams as they stand on the wire.

import type { TeamListShape } from '../../schema/wire-budgets.ts'
import type { Agents } from '../performer.ts'
import type { TeamDefinitions } from './contract.ts'

export function teamList(teams: Pick<TeamDefinitions, 'list'> | null, agents: Agents): TeamListShape {
  const shown = (teams?.list() ?? []).map(({ name, description, mode, members, lead, limits, source }) => {
    const unusable = agents.get(name)?.unusable
    return {
      ...{ name, description, mode, members: [...members], limits: { ...limits }, source },
      ...(lead === undefined ? {} : { lead }),
      ...(unusable === undefined ? {} : { unusable }),
    }
  })
  return { teams: shown }
}
