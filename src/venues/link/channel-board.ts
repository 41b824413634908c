import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { Feed, MarketEvent } from '#model/market.ts'
import type { FeedStatus, Timers } from '#model/venue.ts'
import type { Pulse, Watchdog } from './watchdog.ts'

export interface ChannelBoardOptions<Channel extends string> {
  readonly instrumentId: InstrumentId
  readonly channels: readonly Channel[]
  /** What each channel feeds, of what is wanted. */
  readonly feedsOf: (channel: Channel) => readonly Feed[]
  /** Its name on the watchdog; null = it speaks only when it has something to say. */
  readonly watchedAs: (channel: Channel) => string | null
  readonly timers: Timers
  readonly watchdog: Watchdog
  readonly emit: (event: MarketEvent, receivedAt: UnixMs) => void
  readonly onStatus: (status: FeedStatus) => void
}

/** How the channels of one instrument are doing, told once per change; `feedStale` while any of them that spoke before is silent. */
export interface ChannelBoard<Channel extends string> {
  /** Data came. False for a channel that is not wanted: a late frame of one that was removed. */
  beat(channel: Channel, receivedAt: UnixMs, venueTime?: UnixMs): boolean
  subscribed(channel: Channel): void
  /** Not to be called live by the next beat: what it carries is not valid yet. */
  resyncing(channel: Channel, detail: string): void
  speak(channel: Channel): void
  silence(channel: Channel, state: 'stale' | 'down', detail: string | undefined): void
  status(): readonly FeedStatus[]
  /** Time of the newest event, for `feedStale`. */
  happened(time: UnixMs): void
  close(): void
}

export function createChannelBoard<Channel extends string>(
  options: ChannelBoardOptions<Channel>,
): ChannelBoard<Channel> {
  const { instrumentId, feedsOf, watchedAs, timers, watchdog, emit, onStatus } = options
  const channels = new Map<Channel, ChannelState>()
  for (const channel of options.channels)
    channels.set(channel, { pulse: null, status: 'connecting', since: timers.now(), lastEventAt: null })
  const stale = new Set<Channel>()
  let lastTime: UnixMs = 0

  const statuses = (channel: Channel): readonly FeedStatus[] => {
    const own = channels.get(channel)
    if (own === undefined) return []
    const { status: state, since, lastEventAt, detail } = own
    return feedsOf(channel).map((feed) => ({
      instrumentId,
      feed,
      state,
      since,
      lastEventAt,
      ...(detail === undefined ? {} : { detail }),
    }))
  }
  const say = (channel: Channel, status: FeedStatus['state'], detail?: string): void => {
    const own = channels.get(channel)
    if (own === undefined || (own.status === status && own.detail === detail)) return
    own.status = status
    own.since = timers.now()
    own.detail = detail
    for (const told of statuses(channel)) onStatus(told)
  }
  const tellStale = (isStale: boolean): void =>
    emit({ type: 'feedStale', instrumentId, time: lastTime, stale: isStale }, timers.now())
  const speak = (channel: Channel): void => {
    say(channel, 'live')
    if (stale.delete(channel) && stale.size === 0) tellStale(false)
  }

  return {
    beat(channel, receivedAt, venueTime) {
      const own = channels.get(channel)
      if (own === undefined) return false
      own.pulse?.beat(receivedAt, venueTime)
      own.lastEventAt = receivedAt
      if (own.status !== 'live' && own.status !== 'resyncing') speak(channel)
      return true
    },
    subscribed(channel) {
      const own = channels.get(channel)
      const key = watchedAs(channel)
      if (own !== undefined && key !== null) own.pulse = watchdog.watch(key)
    },
    resyncing: (channel, detail) => say(channel, 'resyncing', detail),
    speak,
    silence(channel, state, detail) {
      const own = channels.get(channel)
      if (own === undefined) return
      const key = watchedAs(channel)
      if (state === 'down' && key !== null) {
        watchdog.unwatch(key)
        own.pulse = null
      }
      say(channel, state, detail)
      if (own.lastEventAt === null || stale.has(channel)) return
      stale.add(channel)
      if (stale.size === 1) tellStale(true)
    },
    status: () => [...channels.keys()].flatMap(statuses),
    happened(time) {
      if (time > lastTime) lastTime = time
    },
    close() {
      for (const channel of channels.keys()) {
        const key = watchedAs(channel)
        if (key !== null) watchdog.unwatch(key)
      }
    },
  }
}

interface ChannelState {
  pulse: Pulse | null
  status: FeedStatus['state']
  since: UnixMs
  lastEventAt: UnixMs | null
  detail?: string | undefined
}
