// What stands around every screen: the way to the others, and whether what is shown is live.

import { Link, Outlet } from '@tanstack/react-router'
import { t } from '../i18n/base.ts'

export function Shell() {
  return (
    <div className="flex min-h-dvh flex-col bg-paper text-ink">
      <header className="border-b border-rule bg-sheet">
        <nav className="flex items-center gap-4 px-4 py-2">
          <Link to="/" className="target font-semibold">
            daybook
          </Link>
          <Link to="/find">{t('find')}</Link>
          <Link to="/status">{t('status')}</Link>
        </nav>
      </header>
      <main className="flex flex-1 flex-col">
        <Outlet />
      </main>
    </div>
  )
}
