import * as fc from 'fast-check'

/** For tests: a known message with one place changed: removed, of another type, absurd. */
export function mutated(samples: readonly unknown[]): fc.Arbitrary<unknown> {
  const junk = fc.oneof(
    fc.constantFrom(null, undefined, Number.NaN, Infinity, -1, 0, 1e308, '', '__proto__', [], {}, true, [[]], 2 ** 60),
    fc.anything({ maxDepth: 2 }),
  )
  return fc
    .tuple(fc.constantFrom(...samples), fc.nat(1_000), junk, fc.constantFrom('replace', 'remove', 'add'))
    .map(([sample, at, value, how]) => {
      const copy = structuredClone(sample)
      const places: { holder: Record<string, unknown>; key: string }[] = []
      const visit = (holder: unknown): void => {
        if (typeof holder !== 'object' || holder === null) return
        for (const key of Object.keys(holder)) {
          places.push({ holder: holder as Record<string, unknown>, key })
          visit((holder as Record<string, unknown>)[key])
        }
      }
      visit(copy)
      const place = places[at % Math.max(1, places.length)]
      if (place === undefined) return value
      if (how === 'remove') delete place.holder[place.key]
      else if (how === 'replace') place.holder[place.key] = value
      else place.holder[`${place.key}_`] = value
      return copy
    })
}
