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
import { Notices } from './notices.tsx'
import { Opening } from './opening.tsx'
import { nextRegion } from './regions.ts'

const Palette = lazy(() => import('../palette/palette.tsx').then(({ Palette }) => ({ default: Palette })))
const FindOverlay = lazy(() => import('../find/find-overlay.tsx').then(({ FindOverlay }) => ({ default: FindOverlay })))
const KeyList = lazy(() => import('../palette/key-list.tsx').then(({ KeyList }) => ({ default: KeyList })))

const item =
  'target inline-flex items-center justify-center gap-1.5 whitespace-nowrap rounded-press px-2 text-body no-underline text-soft hover:bg-well hover:text-ink aria-[current=page]:bg-well aria-[current=page]:text-ink'

export function Shell() {
  const [open, setOpen] = useState<'palette' | 'find' | 'keys' | null>(null)
  /** Typed while the code of a dialog was on its way. */
  const [early, setEarly] = useState('')
  const close = (): void => {
    setOpen(null)
    setEarly('')
  }
  useGoing()
  useKey('palette', () => setOpen((now) => (now === 'palette' ? null : 'palette')), true)
  useKey('find', () => setOpen('find'), true)
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
        <Screens onFind={() => setOpen('find')} onPalette={() => setOpen('palette')} />
        <ConnectionLine />
        <Notices />
      </header>
      <main id="main" tabIndex={-1} data-region className="flex w-full flex-1 flex-col">
        <Outlet />
      </main>
      <Announcements />
      <Suspense fallback={<Opening label={t('goTo')} text={early} onText={setEarly} onClose={close} />}>
        {open === 'palette' && <Palette early={early} onClose={close} onKeys={() => setOpen('keys')} />}
        {open === 'find' && <FindOverlay early={early} onClose={close} />}
        {open === 'keys' && <KeyList onClose={close} />}
      </Suspense>
    </div>
  )
}

interface ScreensProps {
  readonly onFind: () => void
  readonly onPalette: () => void
}

/** The way to the other screens. */
function Screens({ onFind, onPalette }: ScreensProps) {
  const onFindScreen = useRouterState({ select: ({ location }) => location.pathname.endsWith('/find') })
  return (
    <nav aria-label={t('screens')} className="flex h-11 items-center gap-1 px-2 medium:px-4">
      <HomeLink />
      <Link
        to="/find"
        className={item}
        onClick={(event) => {
          // With a key held it is a screen of its own, such as in another tab.
          if (onFindScreen || event.ctrlKey || event.metaKey || event.shiftKey) return
          event.preventDefault()
          onFind()
        }}
      >
        <Search aria-hidden size={15} />
        <span className="max-narrow:aside-only">{t('find')}</span>
      </Link>
      <Link to="/status" className={item}>
        {t('status')}
      </Link>
      <button
        type="button"
        className="button target ms-auto text-soft medium:min-w-52 medium:justify-start"
        onClick={onPalette}
      >
        <Command aria-hidden size={14} />
        <span className="max-narrow:aside-only">{t('goTo')}</span>
        <kbd className="ms-auto">{keyText(keyOf('palette'))}</kbd>
      </button>
    </nav>
  )
}

function HomeLink() {
  const needing = useNeeding()
  return (
    <Link
      to="/"
      className="target me-2 inline-flex items-center gap-2 rounded-press px-1 text-body font-semibold text-ink no-underline"
      activeOptions={{ exact: true, includeSearch: false }}
    >
      <Mark />
      <span>daybook</span>
      {needing > 0 && (
        <span className="figures rounded-full bg-need-well px-2 text-small font-semibold text-need">
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
