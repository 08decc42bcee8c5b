// What a page's main thread works, in processor time: what it waits for a processor is the machine's fault and not the page's.

import { throttle, type Window } from './page-window.ts'

/** Milliseconds, each as long as it takes on a machine as many times slower as the throttle says. */
export interface Worked {
  /** Of each task, in the order of time. */
  readonly tasks: readonly number[]
  /** From one frame to the next, where scripts asked for frames. */
  readonly frames: readonly number[]
  /** From a key to what it painted. */
  readonly keys: readonly number[]
}

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** Microseconds. */
  readonly ts: number
  readonly dur?: number
  readonly tdur?: number
  readonly args: { readonly data?: { readonly type?: string } }
}

const marks = ['traced from here', 'traced to here'] as const
const categories = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'blink.user_timing']

/** Without the throttle, which takes waiting for work, and multiplies that too. */
export async function traced(window: Window, act: () => Promise<unknown>): Promise<Worked> {
  const { cdp, page } = window
  const events: TraceEvent[] = []
  const take = ({ value }: { value: object[] }): void => void events.push(...(value as TraceEvent[]))
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  cdp.on('Tracing.dataCollected', take)
  await cdp.send('Tracing.start', {
    traceConfig: { includedCategories: categories, excludedCategories: ['*'], recordMode: 'recordAsMuchAsPossible' },
    transferMode: 'ReportEvents',
  })
  await page.evaluate(`performance.mark('${marks[0]}')`)
  await act()
  await page.evaluate(`performance.mark('${marks[1]}')`)
  const whole = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve))
  await cdp.send('Tracing.end')
  await whole
  cdp.off('Tracing.dataCollected', take)
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: throttle })
  return workOf(events)
}

function workOf(events: readonly TraceEvent[]): Worked {
  const [begun, ended] = marks.map((mark) => events.find(({ name }) => name === mark))
  if (!begun || !ended) throw new Error('the trace does not hold its own marks')
  const mine = events
    .filter(({ pid, tid, ts }) => pid === begun.pid && tid === begun.tid && ts > begun.ts && ts < ended.ts)
    .sort((a, b) => a.ts - b.ts)
  const tasks = mine.filter(({ name, ph }) => name === 'RunTask' && ph === 'X')
  if (tasks.length === 0) throw new Error('the trace holds no task')
  const at = (name: string, type?: string): number[] =>
    mine
      .filter((each) => each.name === name && (type === undefined || each.args.data?.type === type))
      .map(({ ts }) => ts)
  /** Of the tasks that end behind one moment and begin before another. */
  const between = (from: number, to: number): number =>
    tasks.reduce((sum, task) => (task.ts + (task.dur ?? 0) > from && task.ts < to ? sum + costOf(task) : sum), 0)
  const steps = at('FireAnimationFrame')
  const paints = at('Commit')
  return {
    tasks: tasks.map(costOf),
    frames: steps.slice(1).map((to, n) => between(steps[n] ?? to, to) - between(to, to)),
    keys: at('EventDispatch', 'keydown').map((from) => between(from, paints.find((paint) => paint > from) ?? from)),
  }
}

function costOf({ tdur = 0 }: TraceEvent): number {
  return (tdur / 1000) * throttle
}
