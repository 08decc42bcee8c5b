// Which model is asked in a session: that of its agent, or one that a person chose. Shown where there is a choice.

import { useMutation, useQuery } from '@tanstack/react-query'
import type { SessionShape } from 'daybook/client'
import { ChevronDown } from 'lucide-react'
import { queries } from '../app/queries.ts'
import { client } from '../live/client.ts'
import { errorText } from '../parts/errors.ts'
import { headKey } from './use-session.ts'
import { t } from './words.ts'

export function ModelPicker({ head }: { readonly head: Pick<SessionShape, 'session_id' | 'model'> }) {
  const { session_id: id, model: chosen } = head
  const { data } = useQuery({ queryKey: ['models'], queryFn: ({ signal }) => client.runs.models({ signal }) })
  const choose = useMutation({
    mutationFn: (model: string) => client.session(id).update({ model: model === '' ? null : model }),
    onSettled: () => queries.invalidateQueries({ queryKey: headKey(id) }),
  })
  const names = new Set([...(data?.models ?? []).map(({ name }) => name), ...(chosen === undefined ? [] : [chosen])])
  if (names.size < 2 && chosen === undefined) return null
  return (
    <span className="picker picker-bare">
      <select
        className="picker-select"
        aria-label={t('model')}
        value={choose.isPending ? choose.variables : (chosen ?? '')}
        onChange={(event) => choose.mutate(event.target.value)}
      >
        <option value="">{t('modelOfAgent')}</option>
        {[...names].map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <ChevronDown size={13} aria-hidden="true" className="picker-sign" />
      {choose.error && (
        <span role="alert" className="text-small text-fail">
          {errorText(choose.error)}
        </span>
      )}
    </span>
  )
}
