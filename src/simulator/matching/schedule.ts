import type { InstrumentId, OrderId, UnixMs } from '#model/ids.ts'
import type { ExpireCode } from './codes.ts'

/** What the venue itself has to do at a time. Arrivals and funding come before the market rows of that time, cancels and expiries after them. */
export type Task = { readonly time: UnixMs; readonly instrumentId: InstrumentId } & (
  | { readonly type: 'arrive'; readonly orderId: OrderId }
  | { readonly type: 'fund' }
  | { readonly type: 'cancel'; readonly orderId: OrderId }
  | { readonly type: 'expire'; readonly orderId: OrderId; readonly code: ExpireCode }
)

const ranks = { arrive: 0, fund: 1, cancel: 2, expire: 3 } as const

/** Tasks by time, then rank, then the order they were added. */
export class Schedule {
  tasks: Task[] = []

  add(task: Task): void {
    const { tasks } = this
    let at = tasks.length
    while (at > 0 && comesAfter(tasks[at - 1], task)) at--
    tasks.splice(at, 0, task)
  }

  /** The next task, without removing it. */
  get next(): Task | undefined {
    return this.tasks[0]
  }

  shift(): void {
    this.tasks.shift()
  }

  /** Forgets what is planned for an order that is done. */
  dropOrder(orderId: OrderId): void {
    const { tasks } = this
    for (let at = tasks.length - 1; at >= 0; at--) {
      const task = tasks[at]
      if (task.type !== 'fund' && task.orderId === orderId) tasks.splice(at, 1)
    }
  }

  /** Forgets the funding planned for an instrument. */
  dropFunding(instrumentId: InstrumentId): void {
    this.tasks = this.tasks.filter((task) => task.type !== 'fund' || task.instrumentId !== instrumentId)
  }
}

/** Exclusive bound of the market rows to play before a task: those before its time, or those of its time too. */
export function rowsBefore(task: Task): number {
  return ranks[task.type] < ranks.cancel ? task.time : task.time + 0.5
}

function comesAfter(a: Task, b: Task): boolean {
  return a.time !== b.time ? a.time > b.time : ranks[a.type] > ranks[b.type]
}
