import type { UnixMs } from '#model/ids.ts'
import { snapQuantity } from '#model/instrument.ts'
import type { VenueEvent } from '#model/order.ts'
import type { Contract } from './instruments.ts'
import type { PositionRisk } from './wire/account.ts'
import type { AccountChange } from './wire/user-frames.ts'

/** What the venue says we hold, newest word per position; long and short of an instrument are told as their sum. */
export interface Positions {
  readonly onChange: (change: AccountChange, time: UnixMs) => void
  /** Everything that is open: what is not among them was flat at that time. */
  readonly onAll: (rows: readonly PositionRisk[], time: UnixMs) => void
  /** Symbols held now. */
  readonly held: () => readonly string[]
}

interface Known {
  readonly symbol: string
  readonly quantity: number
  readonly entryPrice: number
  readonly time: UnixMs
}

export function createPositions(
  emit: (event: VenueEvent) => void,
  contract: (symbol: string) => Contract | undefined,
): Positions {
  /** By symbol and side. */
  const known = new Map<string, Known>()
  /** What was told last, so that a comparison repeats nothing. */
  const told = new Map<string, string>()

  /** False for older news of the same position. */
  const take = (side: string, news: Known): boolean => {
    const key = `${news.symbol}/${side}`
    const before = known.get(key)
    if (before !== undefined && before.time > news.time) return false
    known.set(key, news)
    return true
  }

  const tell = (symbol: string, time: UnixMs): void => {
    const of = contract(symbol)
    if (of === undefined) return
    const own = [...known.values()].filter((position) => position.symbol === symbol)
    const quantity = snapQuantity(
      of.instrument,
      own.reduce((sum, position) => sum + position.quantity, 0),
    )
    const largest = own.toSorted((a, b) => Math.abs(b.quantity) - Math.abs(a.quantity))[0]
    const entryPrice = quantity === 0 ? 0 : (largest?.entryPrice ?? 0)
    const words = `${quantity}@${entryPrice}`
    if (told.get(symbol) === words || (quantity === 0 && !told.has(symbol))) return
    told.set(symbol, words)
    emit({ type: 'positionReported', instrumentId: of.instrument.id, quantity, entryPrice, time })
  }

  return {
    onChange({ P }, time) {
      for (const { s: symbol, ps, pa: quantity, ep: entryPrice } of P ?? [])
        if (take(ps, { symbol, quantity, entryPrice, time })) tell(symbol, time)
    },
    onAll(rows, time) {
      const open = new Set(rows.map(({ symbol, positionSide }) => `${symbol}/${positionSide}`))
      const symbols = new Set<string>()
      for (const { symbol, positionSide, positionAmt: quantity, entryPrice, updateTime } of rows)
        if (take(positionSide, { symbol, quantity, entryPrice, time: updateTime })) symbols.add(symbol)
      for (const [key, position] of known)
        // one that was opened after the list was made is not flat
        if (!open.has(key) && position.quantity !== 0 && position.time <= time) {
          known.set(key, { ...position, quantity: 0, entryPrice: 0, time })
          symbols.add(position.symbol)
        }
      for (const symbol of symbols) tell(symbol, time)
    },
    held: () => [...new Set([...known.values()].filter(({ quantity }) => quantity !== 0).map(({ symbol }) => symbol))],
  }
}
