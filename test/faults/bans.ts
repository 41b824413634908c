import type { Timers } from '#model/venue.ts'
import type { FetchListener } from '#test/wire-clock.ts'

/** Requests that were sent although the venue had said to be silent. */
export function watchBans(clock: Timers): FetchListener & { readonly broken: string[] } {
  let until = 0
  const broken: string[] = []
  return {
    broken,
    onRequest(url) {
      if (clock.now() < until && broken.length < 5)
        broken.push(`${new URL(url).pathname} was asked ${until - clock.now()} ms before the end of a ban`)
    },
    onReply(_url, status, headers) {
      if (status !== 429 && status !== 418) return
      const seconds = Number(headers.get('retry-after') ?? 1)
      until = Math.max(until, clock.now() + seconds * 1_000)
    },
  }
}
