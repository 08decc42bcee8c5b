// Find as a screen of its own, with an address that can be sent.

import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { t } from '../i18n/base.ts'
import { useTitle } from '../parts/title.ts'
import { FindPanel } from './find-panel.tsx'

const route = getRouteApi('/find')

export function FindScreen() {
  const { q = '' } = route.useSearch()
  const navigate = useNavigate()
  useTitle(q === '' ? t('find') : q)
  return (
    <div className="page flex flex-1 flex-col">
      <h1 className="aside-only">{t('find')}</h1>
      <FindPanel
        q={q}
        // The address is what is looked for, and Back leaves the screen at once.
        onQuery={(wanted) => {
          if (wanted !== q) void navigate({ to: '/find', search: wanted === '' ? {} : { q: wanted }, replace: true })
        }}
        onOpen={(address) => void navigate({ to: '/s/$address', params: { address } })}
      />
    </div>
  )
}
