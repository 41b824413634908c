import { drawEquity } from './draw-equity.ts'
import { drawPrice } from './draw-price.ts'

/** The page's only script: draws the charts at their real width, zooms, sorts. The drawing functions are the build's own. */
export const pageScript = `'use strict';
(() => {
const drawPrice = ${drawPrice.toString()};
const drawEquity = ${drawEquity.toString()};
const data = JSON.parse(document.getElementById('data').textContent);
const $ = (id) => document.getElementById(id);
const iso = (seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
const price = $('price'), equity = $('equity'), choice = $('instrument'), said = $('price-readout'), told = $('equity-readout');
let chart = data.charts[0], view = chart ? { from: chart.from, to: chart.to, selected: 0 } : null;

function paintEquity() { if (equity) equity.innerHTML = drawEquity(data.equity, equity.clientWidth); }
function paintPrice() {
  if (!view) return;
  price.innerHTML = drawPrice(chart, { from: view.from, to: view.to, selected: view.selected, width: price.clientWidth });
}
function show(from, to) {
  const least = chart.step * 12, span = Math.max(least, Math.min(to - from, chart.to - chart.from));
  const middle = (from + to) / 2;
  view.from = Math.max(chart.from, Math.min(chart.to - span, middle - span / 2));
  view.to = view.from + span;
  paintPrice();
}
function pick(id) {
  chart = data.charts.find((each) => each.id === id) || chart;
  view = { from: chart.from, to: chart.to, selected: 0 };
  if (choice) choice.value = chart.id;
}
function mark(number) {
  for (const row of document.querySelectorAll('tr[data-trade]')) row.classList.toggle('chosen', Number(row.dataset.trade) === number);
}
function zoomTo(number, scroll) {
  for (const each of data.charts) {
    const trade = each.trades.find((one) => one.number === number);
    if (!trade) continue;
    if (each !== chart) pick(each.id);
    view.selected = number;
    mark(number);
    const held = Math.max(trade.closed - trade.opened, each.step * 6);
    show(trade.opened - held * 2, trade.closed + held * 2);
    said.textContent = 'Trade ' + number + ': ' + trade.side + ' ' + each.id + ', ' + iso(each.origin + trade.opened) + ' to ' + iso(each.origin + trade.closed) + ', net ' + trade.net;
    if (scroll) $('charts').scrollIntoView({ block: 'start' });
    return;
  }
}
const moves = { whole: () => { view.selected = 0; mark(0); show(chart.from, chart.to); }, 'in': () => shift(0, 0.5), out: () => shift(0, 2), left: () => shift(-0.5, 1), right: () => shift(0.5, 1) };
function shift(by, times) {
  const span = view.to - view.from, middle = (view.from + view.to) / 2 + by * span;
  show(middle - span * times / 2, middle + span * times / 2);
}
for (const button of document.querySelectorAll('[data-move]')) button.addEventListener('click', () => view && moves[button.dataset.move]());
if (choice) choice.addEventListener('change', () => { pick(choice.value); mark(0); paintPrice(); });
document.addEventListener('click', (event) => {
  const row = event.target.closest('[data-trade]');
  if (row && view) zoomTo(Number(row.dataset.trade), row.tagName === 'TR');
});

function hover(box, describe) {
  if (!box) return;
  box.addEventListener('pointermove', (event) => {
    const svg = box.querySelector('svg'), cross = box.querySelector('.cross');
    if (!svg || !cross) return;
    const at = event.clientX - svg.getBoundingClientRect().left, plot = Number(svg.dataset.plot);
    if (at < 0 || at > plot) return;
    cross.setAttribute('x1', at); cross.setAttribute('x2', at); cross.setAttribute('visibility', 'visible');
    describe(at / plot);
  });
  box.addEventListener('pointerleave', () => { const cross = box.querySelector('.cross'); if (cross) cross.setAttribute('visibility', 'hidden'); });
}
/** Last index whose time is not after the moment, of times that stand every \`stride\` places. */
function before(times, moment, stride) {
  let low = 0, high = times.length / stride;
  while (low < high) { const middle = (low + high) >> 1; if (times[middle * stride] <= moment) low = middle + 1; else high = middle; }
  return low - 1;
}
hover(price, (share) => {
  if (!view) return;
  const moment = view.from + share * (view.to - view.from), at = before(chart.bars, moment, 5);
  if (at < 0) return;
  const value = (index) => Number((chart.bars[at * 5 + index] / chart.scale).toPrecision(6)).toLocaleString('en-US', { maximumFractionDigits: 12 });
  const phase = chart.phases.find((each) => each.from <= moment && moment < each.to);
  said.textContent = iso(chart.origin + chart.bars[at * 5]) + '  open ' + value(1) + '  high ' + value(2) + '  low ' + value(3) + '  close ' + value(4) + '  ' + (phase ? phase.word : 'Watching');
});
hover(equity, (share) => {
  const { times } = data.equity;
  if (!times.length) return;
  const at = Math.max(0, before(times, times[0] + share * (times[times.length - 1] - times[0]), 1));
  told.textContent = iso(data.equity.origin + times[at]) + '  equity ' + data.equity.equity[at].toLocaleString('en-US', { minimumFractionDigits: data.equity.decimals, maximumFractionDigits: data.equity.decimals }) + ' ' + data.equity.currency + '  drawdown ' + (data.equity.drawdown[at] * 100).toFixed(2) + ' %';
});

for (const table of document.querySelectorAll('table.sortable')) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = head.querySelector('button');
    if (!button) return;
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'descending' ? 1 : -1;
      heads.forEach((other) => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', down < 0 ? 'descending' : 'ascending');
      const key = (row) => { const cell = row.cells[column], value = cell.dataset.sort ?? cell.textContent; return Number.isNaN(Number(value)) ? value : Number(value); };
      const rows = [...table.tBodies[0].rows].sort((a, b) => { const x = key(a), y = key(b); return (x < y ? -1 : x > y ? 1 : 0) * down; });
      table.tBodies[0].append(...rows);
    });
  });
}
let waiting = 0;
addEventListener('resize', () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(() => { paintEquity(); paintPrice(); }); });
paintEquity(); paintPrice();
const asked = /^#trade-(\\d+)$/.exec(location.hash);
if (asked && view) zoomTo(Number(asked[1]), true);
})();
`
