import type { UnixMs } from '#model/ids.ts'

/** Milliseconds from a Unix time in seconds, ms, µs or ns, told apart by magnitude (years 1973–2286); NaN for anything else. */
export function toUnixMs(time: number): UnixMs {
  if (time >= 1e11 && time < 1e14) return time === Math.floor(time) ? time : Math.round(time)
  if (time >= 1e14 && time < 1e17) return Math.floor(time / 1e3)
  if (time >= 1e17 && time < 1e20) return Math.floor(time / 1e6)
  return time >= 1e8 && time < 1e11 ? Math.round(time * 1e3) : NaN
}

/** The time written as `YYYYMMDD HHMMSS` (UTC) in `bytes[from…to)`; NaN when it is not one. */
export function compactTime(bytes: Uint8Array, from: number, to: number): UnixMs {
  if (to - from !== 15 || bytes[from + 8] !== 32) return NaN
  const part = (at: number, digits: number): number => {
    let value = 0
    for (let index = from + at; index < from + at + digits; index++) {
      const digit = bytes[index] - 48
      value = digit >= 0 && digit <= 9 ? value * 10 + digit : NaN
    }
    return value
  }
  const [month, day, hour, minute, second] = [part(4, 2), part(6, 2), part(9, 2), part(11, 2), part(13, 2)]
  const time = Date.UTC(part(0, 4), month - 1, day, hour, minute, second)
  const inRange = month >= 1 && month <= 12 && hour < 24 && minute < 60 && second < 60
  return inRange && new Date(time).getUTCDate() === day ? time : NaN
}
