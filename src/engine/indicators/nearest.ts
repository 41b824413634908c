/** The name somebody probably meant: at most a third of its letters typed wrong; undefined when none is that close. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const wanted = name.toLowerCase()
  let best: string | undefined
  let bestDistance = Infinity
  for (const candidate of names) {
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance < bestDistance && distance <= Math.max(1, Math.max(wanted.length, candidate.length) / 3)) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Letters inserted, deleted, replaced, or swapped with their neighbor. */
function editDistance(a: string, b: string): number {
  let twoBefore: number[] = []
  let before = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1]
      let distance = Math.min(before[column] + 1, current[column - 1] + 1, before[column - 1] + (isSame ? 0 : 1))
      const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (isSwapped) distance = Math.min(distance, twoBefore[column - 2] + 1)
      current.push(distance)
    }
    twoBefore = before
    before = current
  }
  return before[b.length]
}
