const secondsIn = { d: 86_400, h: 3_600, m: 60, s: 1 } as const

/** A duration as it can be typed: `250ms`, `30s`, `1h30m`. */
export function durationText(ms: number): string {
  if (ms === 0) return '0s'
  if (ms % 1_000 !== 0) return ms < 1_000 ? `${Math.round(ms)}ms` : `${Number((ms / 1_000).toFixed(3))}s`
  let rest = ms / 1_000
  let text = ''
  for (const [unit, seconds] of Object.entries(secondsIn)) {
    const amount = Math.floor(rest / seconds)
    if (amount > 0) text += `${amount}${unit}`
    rest -= amount * seconds
  }
  return text
}

/** `2026-01-05 12:30`, UTC. */
export const minuteText = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ')

/** `1,234,567`. */
export const countText = (count: number): string => count.toLocaleString('en-US')

/** `+1.25 %` of a fraction; a dash when it is unknown. */
export function percentText(fraction: unknown): string {
  if (typeof fraction !== 'number' || !Number.isFinite(fraction)) return '–'
  const text = (fraction * 100).toFixed(2)
  return `${fraction > 0 && /[1-9]/.test(text) ? '+' : ''}${/[1-9]/.test(text) ? text : '0.00'} %`
}

/** A signed amount at eight significant decimals at most; a dash when it is unknown. */
export function amountText(amount: unknown): string {
  if (typeof amount !== 'number' || !Number.isFinite(amount)) return '–'
  const decimals = Math.abs(amount) >= 1 || amount === 0 ? 2 : 8
  const text = amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: decimals })
  return amount > 0 ? `+${text}` : text
}

/** `1 run`, `2 runs`. */
export const countOf = (count: number, noun: string): string => `${countText(count)} ${noun}${count === 1 ? '' : 's'}`
