import { benchStrategy, replayTrades } from './replay.ts'
import { syntheticBlocks } from './synthetic-trades.ts'

// A process of its own, so that its peak memory is that of a replay which streams: nothing else is in it.
const rows = Number(process.argv[2])
const result = await replayTrades(benchStrategy('phases'), () => syntheticBlocks(rows, 1), rows)
process.stdout.write(JSON.stringify({ ...result, peakMemoryMb: process.resourceUsage().maxRSS / 1024 }))
