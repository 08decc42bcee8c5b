// Find: what stands in all sessions, with the entry beside it.

import { t } from '../i18n/base.ts'

export function FindScreen() {
  return <h1 className="p-4 text-title">{t('find')}</h1>
}
