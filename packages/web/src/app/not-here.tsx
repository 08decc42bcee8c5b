// What an address shows that leads nowhere.

import { Link } from '@tanstack/react-router'
import { t } from '../i18n/base.ts'
import { useTitle } from '../parts/title.ts'

export function NotHere() {
  useTitle(t('notHere'))
  return (
    <div className="page flex flex-col items-start gap-3">
      <h1 className="text-large font-semibold">{t('notHere')}</h1>
      <Link to="/" className="button target">
        {t('toHome')}
      </Link>
    </div>
  )
}
