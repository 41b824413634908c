import type { SkipCode } from '#model/codes.ts'
import type { EngineOutput, VerdictRecord } from '#model/events.ts'
import type { Dealer } from './dealer.ts'
import { detectionOf } from './detection.ts'
import type { Moment } from './room.ts'

/** The same skip is reported once per this long. */
const skipRepeatMs = 60_000
/** A signal not taken for one of these says nothing about the market. */
const doubtful: readonly SkipCode[] = ['staleData', 'warmingUp']

/** What becomes of S1 being met: a signal, or the reasons why not. */
export class Signaling {
  readonly #dealer: Dealer
  #skipKey = ''
  #skipAt = -Infinity

  constructor(dealer: Dealer) {
    this.#dealer = dealer
  }

  /** S1 is met; `false` when the signal cannot be taken now. */
  take(moment: Moment): boolean {
    const { instance, room } = this.#dealer
    const reasons = room.skipReasons(instance)
    if (reasons.length > 0) {
      this.#skip(reasons, moment)
      if (!reasons.some((reason) => doubtful.includes(reason))) room.tellConfluence(instance, moment, null)
      return false
    }
    const verdicts = instance.verdicts(moment.at, 'signal')
    if (instance.phase === 'signaled') this.#dealer.tellAbandoned('renewed', moment)
    this.open(moment, verdicts)
    room.tellConfluence(instance, moment, instance.signalId)
    return true
  }

  /** From here on there is a signal; without verdicts it is an operator's. */
  open(moment: Moment, verdicts: readonly VerdictRecord[]): void {
    const dealer = this.#dealer
    const { instance, room } = dealer
    const { view } = instance
    const renews = instance.signalId
    instance.signalId = room.nextSignalId()
    view.signalTime = moment.time
    view.signalPrice = view.peakPrice = view.troughPrice = moment.price
    view.baselinePrice = room.market(instance.instrumentId).baselineAt(moment.at)
    const signal = {
      ...dealer.fact(moment),
      type: 'signalDetected',
      signalId: instance.signalId,
      strategy: instance.strategy.document.name,
      price: moment.price,
      verdicts,
      ...(renews === null ? {} : { renews }),
    } as const satisfies EngineOutput
    dealer.emit(signal)
    if (verdicts.length > 0) this.#detect(signal, moment)
    dealer.move('signaled', moment, { cause: 'signal', group: 'signal', verdicts })
  }

  snapshot(): unknown {
    return [this.#skipKey, this.#skipAt]
  }

  restore(state: unknown): void {
    ;[this.#skipKey, this.#skipAt] = state as [string, number]
  }

  #detect(signal: Parameters<typeof detectionOf>[0], moment: Moment): void {
    const { instance } = this.#dealer
    const detection = detectionOf(signal, instance.strategy.document, instance.view.baselinePrice, (name) =>
      this.#dealer.evidence(name, moment),
    )
    if (detection) this.#dealer.emit(detection)
  }

  #skip(reasons: readonly SkipCode[], moment: Moment): void {
    const key = reasons.join()
    if (key === this.#skipKey && moment.time - this.#skipAt < skipRepeatMs) return
    this.#skipKey = key
    this.#skipAt = moment.time
    const { instance } = this.#dealer
    this.#dealer.emit({
      ...this.#dealer.fact(moment),
      type: 'signalSkipped',
      strategy: instance.strategy.document.name,
      reasons,
      verdicts: instance.verdicts(moment.at, 'signal'),
    })
  }
}
