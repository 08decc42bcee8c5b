// What is left of the budget of a session, where there is one.

import { useQuery } from '@tanstack/react-query'
import { client } from '../live/client.ts'
import { dollars } from '../parts/time.ts'
import { type BudgetLeft, budgetLeft } from './model/budget.ts'
import { t } from './words.ts'

export function useBudgetLeft(session: string, now: boolean): BudgetLeft | null {
  const { data } = useQuery({
    queryKey: ['rail', session, 'budget'],
    queryFn: async ({ signal }) =>
      budgetLeft((await client.runs.budgets({ session_id: session }, { signal })).budgets, session),
    enabled: now,
  })
  return data ?? null
}

export function leftText({ cost, tokens }: BudgetLeft): string {
  const parts = [cost === null ? null : dollars(cost), tokens === null ? null : t('tokens', { n: tokens })]
  return parts.filter((part) => part !== null).join(' · ')
}

export function BudgetNote({ session }: { readonly session: string }) {
  const left = useBudgetLeft(session, true)
  if (left === null) return null
  return (
    <span
      className={`figures shrink-0 whitespace-nowrap text-small ${left.little ? 'text-need' : 'text-soft max-narrow:hidden'}`}
    >
      {t('leftOf', { what: leftText(left) })}
    </span>
  )
}
