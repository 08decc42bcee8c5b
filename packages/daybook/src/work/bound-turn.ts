// A turn as performers get it: its calls may be taken out of it.

import type { Turn } from './performer.ts'
import type { TurnOfRun } from './turn.ts'

/**
 * A class for the sake of its getters: an object literal with a getter gets a shape of its own each time, and that holds the
 * whole run until old objects are collected.
 */
export class BoundTurn implements Turn {
  readonly #turn: TurnOfRun
  readonly run: Turn['run']
  readonly session: Turn['session']
  readonly input: Turn['input']
  readonly asked: Turn['asked']
  readonly caller: Turn['caller']
  readonly key: Turn['key']
  readonly signal: Turn['signal']
  readonly timeZone: Turn['timeZone']

  constructor(turn: TurnOfRun) {
    this.#turn = turn
    this.run = turn.run
    this.session = turn.session
    this.input = turn.input
    this.asked = turn.asked
    this.caller = turn.caller
    this.key = turn.run
    this.signal = turn.signal
    this.timeZone = turn.timeZone
  }

  get now(): number {
    return this.#turn.now
  }

  get untouched(): boolean {
    return this.#turn.untouched
  }

  readonly step: Turn['step'] = (name, effect, options) => this.#turn.step(name, effect, options)
  readonly tell: Turn['tell'] = (name, effect, says, options) => this.#turn.tell(name, effect, says, options)
  readonly wait: Turn['wait'] = (until, name) => this.#turn.wait(until, name)
  readonly ask: Turn['ask'] = (question, options) => this.#turn.ask(question, options)
  readonly child: Turn['child'] = (fields) => this.#turn.child(fields)
  readonly modelsFor: Turn['modelsFor'] = (own = []) => {
    const { execution, line } = this.#turn
    const { model } = execution
    return model === null || (line.length > 1 && own.length > 0) ? own : [model]
  }
  readonly progress: Turn['progress'] = (text) => this.#turn.progress(text)
  readonly delta: Turn['delta'] = (text) => this.#turn.delta(text)
  readonly log: Turn['log'] = () => this.#turn.execution.log.whole
  readonly steered: Turn['steered'] = () => this.#turn.steered()
}
