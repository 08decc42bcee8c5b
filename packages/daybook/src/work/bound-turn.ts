// A turn as performers get it: its calls may be taken out of it.

import type { Turn } from './performer.ts'
import type { TurnOfRun } from './turn.ts'

export function boundTurn(turn: TurnOfRun): Turn {
  return {
    run: turn.run,
    session: turn.session,
    input: turn.input,
    asked: turn.asked,
    caller: turn.caller,
    key: turn.run,
    signal: turn.signal,
    timeZone: turn.timeZone,
    get now() {
      return turn.now
    },
    get untouched() {
      return turn.untouched
    },
    step: (name, effect, options) => turn.step(name, effect, options),
    tell: (name, effect, says, options) => turn.tell(name, effect, says, options),
    wait: (until, name) => turn.wait(until, name),
    ask: (question, options) => turn.ask(question, options),
    child: (fields) => turn.child(fields),
    modelsFor: (own = []) => {
      const { model } = turn.execution
      return model === null || (turn.line.length > 1 && own.length > 0) ? own : [model]
    },
    progress: (text) => turn.progress(text),
    delta: (text) => turn.delta(text),
    log: () => turn.execution.log.whole,
    steered: () => turn.steered(),
  }
}
