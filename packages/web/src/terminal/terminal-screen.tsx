// The screen of a process: who types is said, typing is taken over on purpose, and F6 or Ctrl-\ d leaves.

import { getRouteApi, Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { addressOf, parseAddress } from '../app/addresses.ts'
import { KeyForm } from '../app/key-form.tsx'
import { t as base } from '../i18n/base.ts'
import { useTitle } from '../parts/title.ts'
import { loaded, t } from '../session/words.ts'
import '../session/session.css'
import { PlainScreen } from './plain-screen.tsx'
import { useProcess } from './use-process.ts'

await loaded

const route = getRouteApi('/s/$address/p/$process')
const LiveScreen = lazy(async () => ({ default: (await import('./live-screen.tsx')).LiveScreen }))

export function TerminalScreen() {
  const { address, process } = route.useParams()
  const at = parseAddress(address)
  const session = at.type === 'session' ? at.id : at.a
  const known = useProcess(session, process)
  const [typing, setTyping] = useState(false)
  const [plain, setPlain] = useState(false)
  const program = known.state?.process.program
  const title = program === undefined ? t('terminal') : t('terminalOf', { program })
  useTitle(title)
  const now = known.state?.now
  return (
    <div className="screen">
      <header className="session-header" data-region>
        <div className="session-title">
          <h1 className="truncate text-title font-semibold">{title}</h1>
          <p role="status" className="text-small text-soft">
            {known.state &&
              (!known.state.alive
                ? t('exitedWith', { how: String(known.state.process.signal ?? known.state.process.exit_code ?? '?') })
                : t(typing ? 'youType' : 'youWatch'))}
            {known.state?.alive && known.state.at_work && (
              <>
                {' · '}
                {t(known.state.at_work.active ? 'processBusy' : 'processReady')},{' '}
                {base(/^(?:protocol|signal)$/.test(known.state.at_work.by) ? 'source_protocol' : 'source_screen')}
              </>
            )}
            {now && now.attached > 1 && ` · ${t('othersLook', { n: now.attached - 1 })}`}
          </p>
        </div>
        {known.state?.alive && (
          <button type="button" className="button target" aria-pressed={typing} onClick={() => setTyping(!typing)}>
            {t(typing ? 'stopTyping' : 'takeOver')}
          </button>
        )}
        <button type="button" className="button target" aria-pressed={plain} onClick={() => setPlain(!plain)}>
          {t(plain ? 'asScreen' : 'asText')}
        </button>
        <Link to="/s/$address" params={{ address: addressOf(session) }} className="button button-quiet target">
          {t('backToSession')}
        </Link>
      </header>
      {known.needsKey ? (
        <KeyForm />
      ) : plain || known.state?.now == null ? (
        <PlainScreen session={session} process={process} state={known.state} />
      ) : (
        <Suspense fallback={<p className="p-4 text-soft">{t('reading')}</p>}>
          <LiveScreen session={session} process={process} typing={typing} onLeave={() => setTyping(false)} />
        </Suspense>
      )}
      {known.problem !== null && <p className="bg-fail-well px-4 py-1 text-fail">{known.problem}</p>}
    </div>
  )
}
