// What is shown in place of a screen that failed: what happened, and what can be done about it.

import type { ErrorComponentProps } from '@tanstack/react-router'
import { t } from '../i18n/base.ts'
import { Button } from '../parts/button.tsx'

/** A part of the page that is there no more: the server has a newer page. */
const missing = /dynamically imported module|module script/i

export function Broken({ error }: ErrorComponentProps) {
  const old = missing.test(String(error))
  return (
    <div role="alert" className="m-4 rounded-box border border-fail bg-fail-well p-4">
      <h1 className="text-title font-semibold text-fail">{t(old ? 'newerPage' : 'screenFailed')}</h1>
      {!old && <p className="mt-1 font-mono text-small">{String(error)}</p>}
      <Button className="mt-3" onClick={() => location.reload()}>
        {t('loadAgain')}
      </Button>
    </div>
  )
}
