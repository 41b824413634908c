import { expect, test } from 'vitest'
import type { Phase } from '#model/events.ts'
import { groupsByPhase, phaseMoves } from './phases.ts'

const phases: readonly Phase[] = ['watching', 'signaled', 'entering', 'holding', 'exiting', 'cooling']

test('every phase has its moves and its groups', () => {
  expect(Object.keys(phaseMoves).sort()).toEqual([...phases].sort())
  expect(Object.keys(groupsByPhase).sort()).toEqual([...phases].sort())
})

test('every phase can be reached from watching, and leads back to it', () => {
  const reached = new Set<Phase>()
  const walk = (from: Phase): void => {
    if (reached.has(from)) return
    reached.add(from)
    for (const to of phaseMoves[from]) walk(to)
  }
  for (const start of phases) {
    reached.clear()
    walk(start)
    expect([...reached].sort()).toEqual([...phases].sort())
  }
})

test('a position can be left from every phase, because a fill may come in any', () => {
  expect(phases.filter((phase) => phase !== 'exiting' && !phaseMoves[phase].includes('exiting'))).toEqual([])
})

test('nothing is entered but through a signal', () => {
  expect(phases.filter((phase) => phaseMoves[phase].includes('entering'))).toEqual(['signaled'])
  expect(phases.filter((phase) => phaseMoves[phase].includes('holding'))).toEqual(['entering'])
})

test('the emergency is asked first wherever there may be a position, and the cancel before the entry', () => {
  expect(groupsByPhase).toEqual({
    watching: ['signal'],
    signaled: ['cancel', 'entry'],
    entering: ['emergency'],
    holding: ['emergency', 'exit'],
    exiting: ['emergency'],
    cooling: [],
  })
})
