import { decimalsOf } from '#model/instrument.ts'

/**
 * A price or quantity grid counted in whole steps. `valueOf` divides two integers, so a value is the double nearest
 * to its decimal spelling, the same that `snapPrice` gives.
 */
export interface Grid {
  readonly step: number
  readonly mantissa: number
  readonly scale: number
}

export function gridOf(step: number): Grid {
  const scale = 10 ** decimalsOf(step)
  return { step, mantissa: Math.round(step * scale), scale }
}

export function valueOf(grid: Grid, steps: number): number {
  return (steps * grid.mantissa) / grid.scale
}

/** Nearest number of steps, at least 1. */
export function stepsOf(grid: Grid, value: number): number {
  return Math.max(1, Math.round(value / grid.step))
}
