// The boundaries of a turn with five calls of skills, and how a session is named after the one at which its turn stands still.

export const providers = ['openai', 'anthropic', 'google'] as const
export type Provider = (typeof providers)[number]

export const tools = ['first', 'second', 'third', 'fourth', 'fifth'] as const

/** Whether a call of it may be made again. */
export function isIdempotent(tool: number): boolean {
  return tool % 2 === 1
}

/** The model is about to be asked, or has answered and nothing is stored; the skill has done nothing, or all, and nothing is stored. */
export type Moment = 'asked' | 'answered' | 'begin' | 'inside'

export interface Boundary {
  /** Number of the call, of the model from 1 to 6, of a skill from 1 to 5; 0 is the model's choice of who takes the turn. */
  readonly number: number
  readonly moment: Moment
}

export const boundaries: readonly Boundary[] = [0, 1, 2, 3, 4, 5, 6].flatMap((number) => {
  const model: Boundary[] = [
    { number, moment: 'asked' },
    { number, moment: 'answered' },
  ]
  return number === 0 || number === 6
    ? model
    : [...model, { number, moment: 'begin' as const }, { number, moment: 'inside' as const }]
})

export function sessionNamed(round: number, provider: Provider, { number, moment }: Boundary): string {
  return `turn-${round}.${provider}.${number}.${moment}`
}

/** The name of the session in what its model is asked; `''` where it is not. */
export function sessionIn(text: string): string {
  return /turn-\d+\.\w+\.\d\.\w+/.exec(text)?.[0] ?? ''
}

/** Null for any other session. */
export function boundaryOf(session: string): (Boundary & { readonly provider: Provider }) | null {
  const found = /^turn-\d+\.(openai|anthropic|google)\.([0-6])\.(asked|answered|begin|inside)$/.exec(session)
  if (!found) return null
  return { provider: found[1] as Provider, number: Number(found[2]), moment: found[3] as Moment }
}

/** What the answer of a whole turn is. */
export const lastWords = 'All five are done, in their order.'
/** Said by skills, and never to be found in a store. */
export const plantedSecret = ['gh', 'p_16C7e42F292c6912E7', '710c838347Ae178B4a'].join('')
