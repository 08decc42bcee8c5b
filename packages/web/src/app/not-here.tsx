// What an address shows that leads nowhere.

import { Link } from '@tanstack/react-router'
import { t } from '../i18n/base.ts'
import { useTitle } from '../parts/title.ts'

export function NotHere() {
  useTitle(t('notHere'))
  return (
    <div className="mx-auto p-8 text-center">
      <h1 className="text-title font-semibold">{t('notHere')}</h1>
      <Link to="/">{t('toHome')}</Link>
    </div>
  )
}
