import type { GroupName, Phase } from '#model/events.ts'

/**
 * Legal moves of the phase machine; anything else is a broken invariant. `exiting` can be reached from everywhere:
 * a fill that arrives after its order was given up is a position to get out of. `signaled` is reached from `signaled` and
 * `cooling` by a renewed signal only.
 */
export const phaseMoves: Readonly<Record<Phase, readonly Phase[]>> = {
  watching: ['signaled', 'exiting'],
  signaled: ['signaled', 'entering', 'cooling', 'exiting'],
  entering: ['holding', 'exiting', 'cooling'],
  holding: ['exiting', 'cooling'],
  exiting: ['cooling'],
  cooling: ['watching', 'signaled', 'exiting'],
}

/** Groups asked in a phase, in this order; the first one met decides. Where a signal may be renewed, S1 comes last. */
export const groupsByPhase: Readonly<Record<Phase, readonly GroupName[]>> = {
  watching: ['signal'],
  signaled: ['cancel', 'entry'],
  entering: ['emergency'],
  holding: ['emergency', 'exit'],
  exiting: ['emergency'],
  cooling: [],
}
