// Filters of the list as chips: what is chosen stands in the address, what can be chosen comes from what was seen.

import type { SessionShape } from 'daybook/client'
import { ChevronDown, X } from 'lucide-react'
import { t } from '../i18n/base.ts'
import { Button } from '../parts/button.tsx'

export const filterNames = ['agent', 'repository', 'branch', 'person', 'status'] as const
export type FilterName = (typeof filterNames)[number]
export type Filters = { readonly [N in FilterName]?: string } & {
  readonly q?: string
  readonly place?: 'archived' | 'trash'
}

const statuses = ['running', 'waiting', 'queued', 'idle', 'failed', 'blocked'] as const

/** From an address: what is no filter is left out. */
export function filtersOf(search: Readonly<Record<string, unknown>>): Filters {
  const found: Record<string, string> = {}
  for (const name of [...filterNames, 'q', 'place']) {
    const value = search[name]
    if (typeof value === 'string' && value !== '') found[name] = value
  }
  if (found.status !== undefined && !statuses.some((one) => one === found.status)) delete found.status
  if (found.place !== undefined && found.place !== 'archived' && found.place !== 'trash') delete found.place
  return found
}

export function valuesIn(sessions: readonly SessionShape[], name: FilterName, chosen: string | undefined): string[] {
  if (name === 'status') return [...statuses]
  const read = {
    agent: (one: SessionShape) => one.agent_id ?? one.current_agent,
    repository: (one: SessionShape) => one.repository,
    branch: (one: SessionShape) => one.branch,
    person: (one: SessionShape) => one.user_id,
  }[name]
  const values = new Set(sessions.map(read).filter((value) => value !== null))
  if (chosen !== undefined) values.add(chosen)
  return [...values].sort((a, b) => a.localeCompare(b))
}

interface ChipsProps {
  readonly filters: Filters
  readonly sessions: readonly SessionShape[]
  readonly onChange: (filters: Filters) => void
}

interface PickProps {
  readonly label: string
  /** What stands there while nothing is chosen. */
  readonly none: string
  readonly value: string
  /** Text by value. */
  readonly values: Readonly<Record<string, string>>
  readonly onChange: (value: string) => void
}

function Pick({ label, none, value, values, onChange }: PickProps) {
  return (
    <span className={value === '' ? 'picker' : 'picker picker-chosen'}>
      <select
        aria-label={label}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        className="picker-select"
      >
        <option value="">{none}</option>
        {Object.entries(values).map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
      <ChevronDown aria-hidden size={13} className="picker-sign" />
    </span>
  )
}

const stateWord = (status: string): string => t(`state_${status === 'blocked' ? 'stuck' : (status as 'idle')}`)

export function Chips({ filters, sessions, onChange }: ChipsProps) {
  const { q = '', place = '' } = filters
  const any = Object.keys(filters).length > 0
  const without = (name: keyof Filters): Filters => {
    const { [name]: _gone, ...rest } = filters
    return rest
  }
  return (
    <search className="flex flex-wrap items-center gap-1.5">
      <input
        type="search"
        aria-label={t('filterTitles')}
        placeholder={t('filterTitles')}
        value={q}
        onChange={({ target: { value } }) => onChange(value === '' ? without('q') : { ...filters, q: value })}
        className="target w-44 rounded-press border border-edge bg-sheet px-2 text-small placeholder:text-soft"
      />
      {filterNames.map((name) => {
        const chosen = filters[name]
        const values = valuesIn(sessions, name, chosen)
        if (values.length === 0) return null
        const word = name === 'status' ? stateWord : (value: string) => value
        return (
          <Pick
            key={name}
            label={t(`filter_${name}`)}
            none={t(`filter_${name}`)}
            value={chosen ?? ''}
            values={Object.fromEntries(values.map((value) => [value, word(value)]))}
            onChange={(value) => onChange(value === '' ? without(name) : { ...filters, [name]: value })}
          />
        )
      })}
      <Pick
        label={t('filter_place')}
        none={t('place_open')}
        value={place}
        values={{ archived: t('state_archived'), trash: t('state_trashed') }}
        onChange={(value) =>
          onChange(value === '' ? without('place') : { ...filters, place: value as 'archived' | 'trash' })
        }
      />
      {any && (
        <Button look="quiet" onClick={() => onChange({})}>
          <X aria-hidden size={14} />
          {t('noFilters')}
        </Button>
      )}
    </search>
  )
}
