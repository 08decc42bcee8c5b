// Turns what speaks for a skill, and for the next best one, into one number, and says from where on it is enough.
import type { Score } from './scoring.ts'

/** From here on a skill is chosen. */
export const enough = 0.5
/** A lead by this part of the own value is as good as having no rival. */
const clearLead = 0.25
/** What is left of the confidence in one of two skills between which nothing decides. */
const tied = 0.75

/** Orders skills: what speaks for one counts in full only where it also explains the query. */
export function worthOf({ strength, explained }: Score): number {
  return strength * (0.5 + 0.5 * explained)
}

/** From 0 to 1, in hundredths; `rival` is the value of the best other skill, 0 without one. */
export function confidenceIn(score: Score, rival: number): number {
  const value = worthOf(score)
  const lead = Math.max(0, Math.min(1, (value - rival) / value / clearLead))
  const spoken = 1 - Math.exp(-2.2 * score.strength)
  return Math.round(100 * spoken * Math.sqrt(score.explained) * (tied + (1 - tied) * lead)) / 100
}
