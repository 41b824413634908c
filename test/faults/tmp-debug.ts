import { coinId, openBench } from '#test/contracts/bench.ts'
import { Random } from '../../src/simulator/generator/random.ts'
import { scenarios } from './scenarios.ts'
import { createTrader } from './trader.ts'
const seed = Number(process.argv[2])
const scenario = scenarios.find(({ id }) => id === 'RT-02')!
const bench = (await openBench('mexc', { seed }))!
const random = new Random(seed, 0x5ce0)
const trader = createTrader(bench, new Random(seed, 0x7ade))
let start = 0
let on = false
const watch = bench.venue.watch([{ instrumentId: coinId, feeds: ['trade', 'side', 'quote', 'book', 'markPrice'] }], {
  onEvent(e) { if (on && e.type === 'bookUpdate' && e.snapshot) console.log(bench.clock.now() - start, 'SNAPSHOT', e.bids.length, e.asks.length) },
  onStatus(s) { if (on && s.feed === 'book') console.log(bench.clock.now() - start, s.state, s.detail) },
})
for (let i = 0; i < 4000; i += 200) { trader.step(); await bench.clock.run(200) }
bench.exchange.faults.set(scenario.plan(random))
for (let i = 0; i < scenario.faultyMs; i += 200) { if (i > scenario.faultyMs - 8000 && !on) { on = true; start = bench.clock.now() + 8000 } trader.step(); await bench.clock.run(200) }
bench.exchange.faults.clear()
console.log('faults over', watch.stats())
for (let i = 0; i < 30; i++) { await bench.clock.run(1000) }
console.log(watch.stats(), watch.status().filter((x) => x.feed === 'book'))
process.exit(0)
