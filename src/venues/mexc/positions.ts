import type { InstrumentId, UnixMs } from '#model/ids.ts'
import { snapQuantity } from '#model/instrument.ts'
import type { VenueEvent } from '#model/order.ts'
import type { Contract } from './instruments.ts'
import { type MarginMode, toPositionReport } from './mapper.ts'
import type { WirePosition } from './wire/account.ts'

/** What the venue says we hold, newest word per position; long and short of an instrument are told as their sum. */
export interface Positions {
  readonly onPosition: (position: WirePosition) => void
  /** Everything that is open: what is not among them is flat. */
  readonly onAll: (positions: readonly WirePosition[], time: UnixMs) => void
  /** Mode of an open position, which an order must share. */
  readonly marginMode: (symbol: string) => MarginMode | undefined
  /** Symbols held now. */
  readonly held: () => readonly string[]
}

interface Known {
  readonly position: WirePosition
  readonly time: UnixMs
}

export function createPositions(
  emit: (event: VenueEvent) => void,
  contract: (symbol: string) => Contract | undefined,
): Positions {
  const known = new Map<string, Known>()
  /** What was told last, so that a reconciliation repeats nothing. */
  const told = new Map<InstrumentId, string>()

  /** False for older news of the same position. */
  const take = (position: WirePosition): boolean => {
    const before = known.get(position.positionId)
    const time = position.updateTime ?? position.createTime ?? 0
    if (before !== undefined) {
      const versions = [position.version, before.position.version]
      const [now, then] = versions.every((version) => typeof version === 'number') ? versions : [time, before.time]
      if ((now ?? 0) < (then ?? 0)) return false
    }
    known.set(position.positionId, { position, time })
    return true
  }

  const tell = (symbol: string, time: UnixMs): void => {
    const of = contract(symbol)
    if (of === undefined) return
    let quantity = 0
    let largest = { size: 0, entryPrice: 0 }
    for (const [id, { position }] of known) {
      if (position.symbol !== symbol) continue
      const report = toPositionReport(position, of)
      quantity += report.quantity
      const size = Math.abs(report.quantity)
      if (size > largest.size) largest = { size, entryPrice: report.entryPrice }
      // a closed one is not needed any more, once others are newer
      if (report.quantity === 0 && known.size > maxKnown) known.delete(id)
    }
    quantity = snapQuantity(of.instrument, quantity)
    const entryPrice = quantity === 0 ? 0 : largest.entryPrice
    const words = `${quantity}@${entryPrice}`
    if (told.get(of.instrument.id) === words) return
    told.set(of.instrument.id, words)
    emit({ type: 'positionReported', instrumentId: of.instrument.id, quantity, entryPrice, time })
  }

  return {
    onPosition(position) {
      if (take(position)) tell(position.symbol, position.updateTime ?? position.createTime ?? 0)
    },
    onAll(positions, time) {
      const open = new Set(positions.map(({ positionId }) => positionId))
      const symbols = new Set(positions.filter(take).map(({ symbol }) => symbol))
      for (const [id, { position, time: at }] of known)
        // one that was opened after the list was made is not flat
        if (!open.has(id) && position.state !== 3 && at <= time) {
          known.set(id, { position: { ...position, state: 3 }, time: at })
          symbols.add(position.symbol)
        }
      for (const symbol of symbols) tell(symbol, time)
    },
    marginMode(symbol) {
      for (const { position } of known.values())
        if (position.symbol === symbol && position.state !== 3 && position.holdVol > 0)
          return position.openType === 1 ? 'isolated' : 'cross'
      return undefined
    },
    held: () => [
      ...new Set(
        [...known.values()]
          .filter(({ position }) => position.state !== 3 && position.holdVol > 0)
          .map(({ position }) => position.symbol),
      ),
    ],
  }
}

const maxKnown = 1_000
