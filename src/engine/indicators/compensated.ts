// Sums kept with their rounding error in the next slot, so that what was added can be taken out again without a trace.

/** Adds `x` to the sum in `memory[slot]`. */
export function addTo(memory: Float64Array, slot: number, x: number): void {
  const before = memory[slot]
  const sum = before + x
  const part = sum - before
  memory[slot] = sum
  memory[slot + 1] += before - (sum - part) + (x - part)
}

/** Adds `sign · x · y` to the sum in `memory[slot]`, the product's own rounding error included. */
export function addProduct(memory: Float64Array, slot: number, x: number, y: number, sign: 1 | -1): void {
  const product = x * y
  addTo(memory, slot, sign * product)
  memory[slot + 1] += sign * productError(x, y, product)
}

export const sumOf = (memory: Float64Array, slot: number): number => memory[slot] + memory[slot + 1]

/** `count²` times the variance of x; 0 where what is left is the rounding of the sums. */
export function selfMoment(memory: Float64Array, count: number, x: number, xx: number): number {
  const spread = crossMoment(memory, count, x, x, xx)
  return spread > 1e-26 * memory[x] * memory[x] ? spread : 0
}

/** `count · Σxy − Σx · Σy` of the sums in three slots: `count²` times the covariance, free of cancellation. */
export function crossMoment(memory: Float64Array, count: number, x: number, y: number, xy: number): number {
  const sumX = memory[x]
  const sumY = memory[y]
  const product = sumX * sumY
  const scaled = count * memory[xy]
  const rest =
    productError(count, memory[xy], scaled) +
    count * memory[xy + 1] -
    productError(sumX, sumY, product) -
    (sumX * memory[y + 1] + sumY * memory[x + 1] + memory[x + 1] * memory[y + 1])
  return scaled - product + rest
}

/** What `product` is short of `x · y`, exactly (Dekker). */
function productError(x: number, y: number, product: number): number {
  const xs = x * 134_217_729
  const ys = y * 134_217_729
  const xh = xs - (xs - x)
  const yh = ys - (ys - y)
  const xl = x - xh
  const yl = y - yh
  return xl * yl - (product - xh * yh - xl * yh - xh * yl)
}
