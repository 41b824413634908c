import type { Money } from '#model/money.ts'
import type { LedgerAccount, Posting } from '#model/order.ts'
import type { Booking } from './held.ts'

/** What every ledger account holds; they always sum to zero. Capital and profit are negative when they are ours. */
export type Balances = Readonly<Record<LedgerAccount, Money>>

/** Where a posting belongs. */
export type PostingContext = Pick<Posting, 'time' | 'instrumentId' | 'positionId' | 'orderId'>

type Leg = Posting['legs'][number]

/** Double-entry balances of one session; the only place that changes them. */
export interface Books {
  /** Books the legs, leaving out zero ones; undefined when nothing is left. Throws unless they sum to zero. */
  readonly post: (kind: Posting['kind'], context: PostingContext, legs: readonly Leg[]) => Posting | undefined
  /** What the venue calls the wallet balance: cash with open positions taken at cost. */
  readonly wallet: () => Money
  readonly balances: () => Balances
  readonly restore: (balances: Balances) => void
}

/** Books that start with a deposit. */
export function createBooks(deposit: Money): Books {
  let balances = { cash: deposit, position: 0n, fees: 0n, funding: 0n, capital: -deposit, profit: 0n }
  return {
    post: (kind, context, legs) => {
      const moved = legs.filter((leg) => leg.amount !== 0n)
      if (moved.length === 0) return undefined
      const sum = moved.reduce((total, leg) => total + leg.amount, 0n)
      if (sum !== 0n) throw new Error(`the legs of a ${kind} posting sum to ${sum}, not to zero`)
      for (const leg of moved) balances[leg.account] += leg.amount
      return { ...context, kind, legs: moved }
    },
    wallet: () => balances.cash + balances.position,
    balances: () => ({ ...balances }),
    restore: (saved) => {
      balances = { ...saved }
    },
  }
}

/** Books a change of a position and, on its own, the fee; what is zero leaves no posting. */
export function bookFill(
  books: Books,
  context: PostingContext,
  booking: Booking,
  feeKind: 'fee' | 'liquidationFee',
  fee: Money,
): readonly Posting[] {
  const postings: Posting[] = []
  const moved = books.post('fill', context, [
    { account: 'position', amount: booking.cost },
    { account: 'cash', amount: booking.cash },
    { account: 'profit', amount: -booking.profit },
  ])
  if (moved !== undefined) postings.push(moved)
  pay(books, postings, feeKind, context, fee)
  return postings
}

/** Books a fee or funding out of cash, or into it when negative, and adds the posting to `postings`. */
export function pay(
  books: Books,
  postings: Posting[],
  kind: 'fee' | 'liquidationFee' | 'funding',
  context: PostingContext,
  amount: Money,
): void {
  const posting = books.post(kind, context, [
    { account: 'cash', amount: -amount },
    { account: kind === 'funding' ? 'funding' : 'fees', amount },
  ])
  if (posting !== undefined) postings.push(posting)
}
