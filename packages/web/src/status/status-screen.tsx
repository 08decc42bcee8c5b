// Status: the server, its store, who works here and what is wrong, in the words of `daybook doctor`.

import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { t } from '../i18n/base.ts'
import { client } from '../live/client.ts'
import { useConnection } from '../live/live.ts'
import { Button } from '../parts/button.tsx'
import { errorText } from '../parts/errors.ts'
import { count, duration } from '../parts/time.ts'
import { useTitle } from '../parts/title.ts'
import { Fault, Fine, Line, Part } from './part.tsx'

export function StatusScreen() {
  useTitle(t('status'))
  return (
    <div className="grid items-start gap-x-8 px-2 py-4 medium:px-4 wide:grid-cols-2">
      <h1 className="mb-4 text-large font-semibold wide:col-span-2">{t('status')}</h1>
      <ServerPart />
      <AgentsPart />
      <WorkPart />
      <SkillsPart />
    </div>
  )
}

interface Asked<T> {
  readonly data: T | undefined
  readonly error: unknown
  readonly refetch: () => unknown
}

/** What was asked for, or why it is not there. */
function Told<T>({ asked, children }: { asked: Asked<T>; children: (data: T) => ReactNode }) {
  if (asked.data !== undefined) return children(asked.data)
  if (!asked.error) return <p className="px-3 py-2 text-soft">{t('reading')}</p>
  return (
    <p role="alert" className="px-3 py-2 text-fail">
      {errorText(asked.error)} <Button onClick={() => void asked.refetch()}>{t('tryAgain')}</Button>
    </p>
  )
}

function ServerPart() {
  const ready = useQuery({ queryKey: ['ready'], queryFn: ({ signal }) => client.ready({ signal }), staleTime: 10_000 })
  const { state } = useConnection()
  return (
    <Part id="server" title={t('server')}>
      <Told asked={ready}>
        {({ version, store, peers }) => (
          <>
            <Line name={t('version')}>{version}</Line>
            <Line name={t('store')}>
              {store.name}
              {store.durable === 'power' ? (
                <Fine>{t('durable_power')}</Fine>
              ) : (
                <Fault>{t(`durable_${store.durable as 'none'}`)}</Fault>
              )}
            </Line>
            <Line name={t('stream')}>
              {state === 'live' ? (
                <Fine>{t('connection_live')}</Fine>
              ) : (
                <Fault>{t(`connection_${state}`, { n: 0 })}</Fault>
              )}
            </Line>
            <Line name={t('otherServers')}>
              {peers.length === 0 ? t('noPeers') : peers.map(({ url, version }) => `${url} (${version})`).join(', ')}
            </Line>
          </>
        )}
      </Told>
    </Part>
  )
}

function AgentsPart() {
  const agents = useQuery({
    queryKey: ['agents'],
    queryFn: ({ signal }) => client.runs.agents({ signal }),
    staleTime: 10_000,
  })
  return (
    <Part id="agents" title={t('agents')}>
      <Told asked={agents}>
        {(found) =>
          found.length === 0 ? (
            <p className="px-3 py-2 text-soft">{t('noAgents')}</p>
          ) : (
            found.map(({ name, kind, description }) => (
              <Line key={name} name={name} beside={t(`agent_${kind}`)}>
                {description}
              </Line>
            ))
          )
        }
      </Told>
    </Part>
  )
}

const periodDays = 7

function WorkPart() {
  const metrics = useQuery({
    queryKey: ['metrics'],
    queryFn: ({ signal }) => {
      const since = new Date(Date.now() - periodDays * 24 * 3_600_000).toISOString()
      return client.runs.metrics({ group: 'agent', since, limit: 12 }, { signal })
    },
    staleTime: 10_000,
  })
  return (
    <Part id="work" title={t('workOf', { n: periodDays })}>
      <Told asked={metrics}>
        {({ total, groups }) =>
          total.runs === 0 ? (
            <p className="px-3 py-2 text-soft">{t('noRuns')}</p>
          ) : (
            <div className="overflow-x-auto">
              <table className="figures w-full">
                <thead className="text-small text-soft">
                  <tr>
                    {(['agent', 'runs', 'failedRuns', 'time', 'tokens'] as const).map((name) => (
                      <th key={name} scope="col" className="px-3 py-1 text-end font-normal first:text-start">
                        {t(`column_${name}`)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {[...groups, { key: t('together'), ...total }].map((group) => (
                    <tr key={group.key ?? ''} className="border-t border-rule last:font-medium">
                      <th scope="row" className="px-3 py-1 text-start font-normal">
                        {group.key ?? t('none')}
                      </th>
                      <td className="px-3 text-end">{count(group.runs)}</td>
                      <td className={`px-3 text-end ${group.failed > 0 ? 'text-fail' : ''}`}>{count(group.failed)}</td>
                      <td className="px-3 text-end">{duration(group.avg_response_time_ms ?? 0)}</td>
                      <td className="px-3 text-end">{count(group.total_tokens)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Told>
    </Part>
  )
}

function SkillsPart() {
  const skills = useQuery({
    queryKey: ['skills'],
    queryFn: ({ signal }) => client.runs.skills({ signal }),
    staleTime: 10_000,
  })
  return (
    <Part id="skills" title={t('skills')}>
      <Told asked={skills}>
        {({ skills, faults }) => (
          <>
            {faults.map(({ folder, message }) => (
              <Line key={folder} name={folder}>
                <Fault>{message}</Fault>
              </Line>
            ))}
            {skills.map(({ skill_id, description, risk }) => (
              <Line key={skill_id} name={skill_id} beside={risk === 'high' ? t('asksFirst') : undefined}>
                {description}
              </Line>
            ))}
            {skills.length === 0 && faults.length === 0 && <p className="px-3 py-2 text-soft">{t('none')}</p>}
          </>
        )}
      </Told>
    </Part>
  )
}
