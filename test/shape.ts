type Json = ReturnType<typeof JSON.parse>

/** For tests: where `ours` lacks a field that `sample` has, or has it in another type; of lists the first rows are compared. */
export function differences(sample: Json, ours: Json, path = ''): readonly string[] {
  if (Array.isArray(sample)) {
    if (!Array.isArray(ours)) return [`${path} is ${kindOf(ours)}, not a list`]
    if (sample.length === 0) return []
    return ours.length === 0 ? [`${path} is empty`] : differences(sample[0], ours[0], `${path}[]`)
  }
  if (kindOf(sample) !== kindOf(ours)) return [`${path} is ${kindOf(ours)}, not ${kindOf(sample)}`]
  if (kindOf(sample) !== 'object') return []
  return Object.keys(sample).flatMap((key) =>
    Object.hasOwn(ours, key) ? differences(sample[key], ours[key], `${path}.${key}`) : [`${path}.${key} is missing`],
  )
}

/** Numbers in quotes are another kind than words: `"1.5"` must not become `"x"`. */
function kindOf(value: Json): string {
  if (value === null) return 'null'
  if (typeof value !== 'string') return Array.isArray(value) ? 'list' : typeof value
  return value !== '' && Number.isFinite(Number(value)) ? 'number in quotes' : 'text'
}
