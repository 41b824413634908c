import type { GroupName, Phase } from '#model/events.ts'

/**
 * Legal moves of the phase machine; anything else is a broken invariant. `exiting` can be reached from everywhere:
 * a fill that arrives after its order was given up is a position to get out of.
 */
export const phaseMoves: Readonly<Record<Phase, readonly Phase[]>> = {
  watching: ['signaled', 'exiting'],
  signaled: ['entering', 'cooling', 'exiting'],
  entering: ['holding', 'exiting', 'cooling'],
  holding: ['exiting', 'cooling'],
  exiting: ['cooling'],
  cooling: ['watching', 'exiting'],
}

/** Groups asked in a phase, in this order; the first one met decides. */
export const groupsByPhase: Readonly<Record<Phase, readonly GroupName[]>> = {
  watching: ['signal'],
  signaled: ['cancel', 'entry'],
  entering: ['emergency'],
  holding: ['emergency', 'exit'],
  exiting: ['emergency'],
  cooling: [],
}
