// Says what stands in the way of the reader: a store that takes nothing, a key that is missing, a page that is old.

import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { t } from '../i18n/base.ts'
import { baseUrl } from '../live/client.ts'
import { useConnection } from '../live/live.ts'
import { leaveTrouble, onTrouble, troubleNow } from '../live/trouble.ts'
import { Button } from '../parts/button.tsx'
import { KeyForm } from './key-form.tsx'

const line = 'flex flex-wrap items-center justify-center gap-x-3 gap-y-1 px-4 py-1'

export function Notices() {
  const trouble = useSyncExternalStore(onTrouble, troubleNow)
  const newer = useNewerPage()
  return (
    // The place is always there, so that what comes into it is heard.
    <div role="status">
      {trouble === 'key' && (
        <div className="flex flex-wrap items-start justify-center bg-need-well">
          <KeyForm />
          <Button className="m-4" onClick={leaveTrouble}>
            {t('notNow')}
          </Button>
        </div>
      )}
      {(trouble === 'full' || trouble === 'readonly') && (
        <p className={`${line} bg-need-well text-need`}>
          {t(trouble === 'full' ? 'error_full' : 'error_readonly')} {t('textKept')}
        </p>
      )}
      {newer && (
        <p className={`${line} bg-run-well text-run`}>
          {t('newerPage')} <Button onClick={() => location.reload()}>{t('loadAgain')}</Button>
        </p>
      )}
    </div>
  )
}

/** Whether the server has another page than this one; looked at each time that it was away. */
function useNewerPage(): boolean {
  const { state } = useConnection()
  const [newer, setNewer] = useState(false)
  const away = useRef(false)
  useEffect(() => {
    if (state !== 'live') away.current ||= state === 'reconnecting' || state === 'restarted'
    else if (away.current) {
      away.current = false
      void isNewer().then(setNewer)
    }
  }, [state])
  return newer
}

async function isNewer(): Promise<boolean> {
  const own = document.querySelector('script[type=module]')?.getAttribute('src')
  try {
    const answer = await fetch(`${baseUrl}/`, { headers: { accept: 'text/html' }, cache: 'no-store' })
    return answer.ok && own != null && !(await answer.text()).includes(own)
  } catch {
    return false // away again: it is looked at once more afterwards
  }
}
