// What of the timeline is shown: everything, or one part of it, which then stands in the address.

import { useNavigate } from '@tanstack/react-router'
import { ChevronDown, ListFilter } from 'lucide-react'
import { partOf, parts, type ShownPart } from './model/shown.ts'
import { t } from './words.ts'

export function PartPicker({ part }: { readonly part: ShownPart | null }) {
  const navigate = useNavigate()
  const show = (view: ShownPart | null): void => {
    const search = (all: object): object => {
      const { view: _before, ...others } = all as { readonly view?: string }
      return view === null ? others : { ...others, view }
    }
    void navigate({ to: '.', search, replace: true })
  }
  return (
    <span className={part === null ? 'picker picker-small' : 'picker picker-chosen'}>
      <ListFilter size={14} aria-hidden="true" className="picker-icon" />
      <select
        className="picker-select"
        aria-label={t('shownPart')}
        value={part ?? ''}
        onChange={({ target }) => show(partOf(target.value))}
      >
        <option value="">{t('everything')}</option>
        {parts.map((each) => (
          <option key={each} value={each}>
            {t(`part_${each}`)}
          </option>
        ))}
      </select>
      <ChevronDown size={13} aria-hidden="true" className="picker-sign" />
    </span>
  )
}
