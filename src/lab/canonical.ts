import { createHash } from 'node:crypto'

/** JSON with sorted keys, so that equal content gives equal text; bigint as decimal text, NaN and infinities named. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') return `${item}n`
    if (typeof item === 'number' && !Number.isFinite(item)) return String(item)
    if (ArrayBuffer.isView(item) && !(item instanceof DataView)) return Array.from(item as unknown as Iterable<number>)
    if (item instanceof Map) return [...(item as Map<unknown, unknown>)]
    if (item !== null && typeof item === 'object' && !Array.isArray(item)) {
      return Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    }
    return item
  })
}

/** SHA-256 of the canonical text, hexadecimal. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}
