const tags = new Set(['$bigint', '$number', '$float64', '$escaped'])

/**
 * JSON that comes back equal: bigints, NaN, ±Infinity, −0 and `Float64Array` are tagged objects (`{ "$bigint": "12" }`).
 * Fields that are undefined are left out, as in JSON.
 */
export function toJson(value: unknown): string {
  // most of what is stored needs no tag, and asking is far cheaper than a replacer
  return isPlain(value) ? JSON.stringify(value) : JSON.stringify(value, tag)
}

/** The value `toJson` wrote. Throws SyntaxError on anything that is not JSON. */
export function parseJson(text: string): unknown {
  return text.includes('"$') ? JSON.parse(text, untag) : JSON.parse(text)
}

/** Whether JSON as it is tells the value. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (typeof value !== 'object' || value === null) return typeof value !== 'bigint'
  if (Array.isArray(value)) return value.every(isPlain)
  if (value instanceof Float64Array) return false
  for (const key in value) if (key.startsWith('$') || !isPlain((value as Record<string, unknown>)[key])) return false
  return true
}

function tag(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: String(value) }
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { $number: Object.is(value, -0) ? '-0' : String(value) }
  if (value instanceof Float64Array) return { $float64: bytesOf(value).toString('base64') }
  // an object that looks like a tag and is not one of ours, which are not visited again
  if (isRecord(value) && isTagged(value)) return { $escaped: Object.entries(value) }
  return value
}

function untag(_key: string, value: unknown): unknown {
  if (!isRecord(value) || !isTagged(value)) return value
  const [[name, content]] = Object.entries(value) as [[string, unknown]]
  if (name === '$bigint') return BigInt(content as string)
  if (name === '$number') return Number(content)
  if (name === '$float64') return floatsOf(Buffer.from(content as string, 'base64'))
  return Object.fromEntries(content as [string, unknown][])
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTagged(value: Record<string, unknown>): boolean {
  const keys = Object.keys(value)
  return keys.length === 1 && tags.has(keys[0])
}

/** Little-endian bytes of the numbers. */
export function bytesOf(numbers: Float64Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength)
}

/** Numbers from the bytes `bytesOf` gave, as a copy. */
export function floatsOf(bytes: Uint8Array): Float64Array {
  const copy = Uint8Array.from(bytes)
  return new Float64Array(copy.buffer, 0, Math.floor(copy.length / 8))
}
