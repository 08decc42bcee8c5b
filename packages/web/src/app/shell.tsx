// What stands around every screen: the way to the others, whether what is shown is live, and the keys that work everywhere.

import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { Command, Search } from 'lucide-react'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useOverview } from '../home/overview.ts'
import { t } from '../i18n/base.ts'
import { Announcements } from '../parts/announce.tsx'
import { keyOf, keyText, useKey } from '../parts/keys.ts'
import { useNeeding } from '../parts/title.ts'
import { ConnectionLine } from './connection-line.tsx'
import { Mark } from './mark.tsx'
import { nextRegion } from './regions.ts'

const Palette = lazy(() => import('../palette/palette.tsx').then(({ Palette }) => ({ default: Palette })))
const KeyList = lazy(() => import('../palette/key-list.tsx').then(({ KeyList }) => ({ default: KeyList })))

const item =
  'target inline-flex items-center gap-1.5 rounded-small px-2 py-1 no-underline text-soft hover:bg-well hover:text-ink aria-[current=page]:text-ink aria-[current=page]:shadow-[inset_0_-2px_0_currentColor]'

export function Shell() {
  const [open, setOpen] = useState<'palette' | 'keys' | null>(null)
  const close = (): void => setOpen(null)
  useGoing()
  useKey('palette', () => setOpen((now) => (now === 'palette' ? null : 'palette')), true)
  useKey('help', () => setOpen('keys'))
  useKey('region', ({ shiftKey }) => nextRegion(shiftKey ? -1 : 1), true)
  return (
    <div className="flex min-h-dvh flex-col bg-paper text-ink">
      <button
        type="button"
        className="absolute start-2 top-2 z-20 -translate-y-20 rounded-small bg-solid px-3 py-1 text-on-solid focus:translate-y-0"
        onClick={() => document.getElementById('main')?.focus()}
      >
        {t('toContent')}
      </button>
      <header className="sticky top-0 z-10 border-b border-rule bg-sheet" data-region>
        <nav aria-label={t('screens')} className="mx-auto flex max-w-6xl items-center gap-1 px-2 py-1 medium:px-4">
          <HomeLink />
          <Link to="/find" className={item}>
            <Search aria-hidden size={15} />
            {t('find')}
          </Link>
          <Link to="/status" className={item}>
            {t('status')}
          </Link>
          <button type="button" className={`${item} ms-auto`} onClick={() => setOpen('palette')}>
            <Command aria-hidden size={15} />
            <span className="max-narrow:aside-only">{t('goTo')}</span>
            <kbd className="rounded-small border border-rule px-1 text-small max-medium:hidden">
              {keyText(keyOf('palette'))}
            </kbd>
          </button>
        </nav>
        <ConnectionLine />
      </header>
      <main id="main" tabIndex={-1} data-region className="mx-auto flex w-full max-w-6xl flex-1 flex-col">
        <Outlet />
      </main>
      <Announcements />
      <Suspense>
        {open === 'palette' && <Palette onClose={close} onKeys={() => setOpen('keys')} />}
        {open === 'keys' && <KeyList onClose={close} />}
      </Suspense>
    </div>
  )
}

function HomeLink() {
  const needing = useNeeding()
  return (
    <Link
      to="/"
      className={`${item} me-1 font-semibold text-ink`}
      activeOptions={{ exact: true, includeSearch: false }}
    >
      <Mark />
      <span>daybook</span>
      {needing > 0 && (
        <span className="figures rounded-small bg-need-well px-1.5 text-small font-semibold text-need">
          {needing}
          <span className="aside-only"> {t('needYou', { n: needing })}</span>
        </span>
      )}
    </Link>
  )
}

/** To the sessions that need the reader, one after the other; and what a notification opens. */
function useGoing(): void {
  const navigate = useNavigate()
  const { bands } = useOverview()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const main = useRef(path)
  const go = (session: string): void => void navigate({ to: '/s/$address', params: { address: session } })
  const step = (by: 1 | -1): void => {
    const { needs } = bands
    if (needs.length === 0) return
    const here = needs.findIndex(({ session_id: id }) => path.includes(`/s/${encodeURIComponent(id)}`))
    const at = here < 0 ? (by > 0 ? 0 : needs.length - 1) : (here + by + needs.length) % needs.length
    const next = needs[at]
    if (next) go(next.session_id)
  }
  useKey('nextNeed', () => step(1))
  useKey('previousNeed', () => step(-1))
  useEffect(() => {
    const open = (event: Event): void => go((event as CustomEvent<string>).detail)
    window.addEventListener('daybook:open', open)
    return () => window.removeEventListener('daybook:open', open)
  })
  // Another screen begins at its beginning, also for who reads it with a screen reader; arriving content moves nobody.
  useEffect(() => {
    if (main.current === path) return
    main.current = path
    document.getElementById('main')?.focus({ preventScroll: true })
  }, [path])
}
