import { processIo, runCli, type VenueDoors } from '#cli/cli.ts'

const io = processIo({
  env: process.env,
  loadConfig: async (request) => (await import('./config.ts')).loadConfig(request),
  loadKeys: async (request) => (await import('./config.ts')).loadKeys(request),
  venues: loadVenues,
  async startExchange(request) {
    const [{ startExchange }, { systemTimers }] = await Promise.all([
      import('#simulator/simulator.ts'),
      import('#venues/venues.ts'),
    ])
    return startExchange(request, systemTimers)
  },
})
process.exitCode = await runCli(process.argv.slice(2), io)

async function loadVenues(): Promise<VenueDoors> {
  const { isVenueName, openVenue, systemTimers, venueNames } = await import('#venues/venues.ts')
  return {
    names: venueNames,
    timers: systemTimers,
    open({ venue, ...options }) {
      if (!isVenueName(venue)) throw new Error(`unknown venue ${venue}`)
      return openVenue({ venue, ...options })
    },
  }
}
