import type { Instrument } from '#model/instrument.ts'

/** Whether an instrument's id or symbol matches one of the globs (`*`, `?`, any case); no globs match everything. */
export function matchesGlobs(
  instrument: Pick<Instrument, 'id' | 'symbol'>,
  globs: readonly string[] | undefined,
): boolean {
  if (!globs || globs.length === 0) return true
  return globs.some((glob) => {
    const pattern = glob
      .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
    const matcher = new RegExp(`^${pattern}$`, 'i')
    return matcher.test(instrument.id) || matcher.test(instrument.symbol)
  })
}
