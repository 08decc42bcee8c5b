// What was done here lately, and what can be asked for: the parts of Status about work.

import { useQuery } from '@tanstack/react-query'
import { t } from '../i18n/base.ts'
import { client } from '../live/client.ts'
import { count, duration } from '../parts/time.ts'
import { Fault, Line, Part, Told } from './part.tsx'

const periodDays = 7

/** Less than a second is not nothing. */
function shortest(ms: number | null): string {
  return ms === null ? '' : ms < 1000 ? `<${duration(1000)}` : duration(ms)
}

export function WorkPart() {
  const metrics = useQuery({
    queryKey: ['metrics'],
    queryFn: ({ signal }) => {
      const since = new Date(Date.now() - periodDays * 24 * 3_600_000).toISOString()
      return client.runs.metrics({ group: 'agent', since, limit: 12 }, { signal })
    },
    staleTime: 10_000,
  })
  return (
    <Part id="work" title={t('workOf', { n: periodDays })} source={t('source_runs')} at={metrics.dataUpdatedAt}>
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
                        {group.key ?? t('noAgent')}
                      </th>
                      <td className="px-3 text-end">{count(group.runs)}</td>
                      <td className={`px-3 text-end ${group.failed > 0 ? 'text-fail' : ''}`}>{count(group.failed)}</td>
                      <td className="px-3 text-end">{shortest(group.avg_response_time_ms)}</td>
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

export function SkillsPart() {
  const skills = useQuery({
    queryKey: ['skills'],
    queryFn: ({ signal }) => client.runs.skills({ signal }),
    staleTime: 10_000,
  })
  return (
    <Part id="skills" title={t('skills')} source={t('source_skills')} at={skills.dataUpdatedAt}>
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
