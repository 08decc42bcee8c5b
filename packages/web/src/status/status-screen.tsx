// Status: the store, the server, the programs of this machine, in the words of `daybook doctor`.

import { t } from '../i18n/base.ts'

export function StatusScreen() {
  return <h1 className="p-4 text-title">{t('status')}</h1>
}
