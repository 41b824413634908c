/** The page's only style sheet. Colors as the dashboard has them; every one of them stands beside a word, a sign or a shape. */
export const pageStyle = `
:root{color-scheme:light dark;--bg:#f4f6fa;--card:#fff;--line:#d7dee8;--text:#0f172a;--muted:#4b5a70;--good:#047857;--bad:#b91c1c;--info:#1d4ed8;--warn:#92400e;
--goodfill:#10b981;--badfill:#ef4444;--slate:#64748b;--amber:#f59e0b;--blue:#3b82f6;--grid:#e6ebf2;--soft:#eef2f8;--warnsoft:#fff4dc;--badsoft:#fdeaea}
@media (prefers-color-scheme:dark){:root{--bg:#0b1120;--card:#121b2e;--line:#24324b;--text:#e7edf6;--muted:#a3b2c8;--good:#34d399;--bad:#f98080;--info:#7cb0ff;--warn:#fbbf5a;
--grid:#1d2940;--soft:#18233a;--warnsoft:#2c2310;--badsoft:#331a1f}}
*{box-sizing:border-box}
html{scroll-padding-top:64px}
body{margin:0;background:var(--bg);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main,header>div,footer{max-width:1240px;margin:0 auto;padding:0 20px}
header{background:var(--card);border-bottom:1px solid var(--line);padding:22px 0 18px}
h1{font-size:24px;line-height:1.2;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:17px;margin:0 0 12px}
h3{font-size:14px;margin:18px 0 8px}
p{margin:0 0 10px}
.sub{color:var(--muted);margin:0 0 8px}.whole{white-space:nowrap}
.chips{display:flex;flex-wrap:wrap;gap:8px;margin:12px 0 0;padding:0;list-style:none}
.chips li{border:1px solid var(--line);border-radius:999px;padding:3px 12px;font-size:13px;background:var(--soft)}
.chips .info{color:var(--info)}.chips .good{color:var(--good)}.chips .bad{color:var(--bad);border-color:currentColor}.chips .warn{color:var(--warn)}
nav{position:sticky;top:0;z-index:3;background:var(--bg);border-bottom:1px solid var(--line)}
nav ul{max-width:1240px;margin:0 auto;padding:0 12px;display:flex;gap:2px;list-style:none;overflow-x:auto}
nav a{display:block;padding:12px 10px;color:var(--muted);text-decoration:none;font-size:14px;white-space:nowrap}
nav a:hover,nav a:focus-visible{color:var(--text)}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 20px;margin:18px 0}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;background:none;border:0;padding:0;margin:18px 0 0}
.tiles>div{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:14px 16px;min-width:0}
.tiles dt{color:var(--muted);font-size:13px}
.tiles dd{margin:2px 0 0;font-size:24px;font-weight:650;font-variant-numeric:tabular-nums;line-height:1.25;overflow-wrap:anywhere}
.tiles small{display:block;font-size:13px;font-weight:400;color:var(--muted)}
.good{color:var(--good)}.bad{color:var(--bad)}.muted{color:var(--muted)}
.alarm{border-color:var(--bad);background:var(--badsoft)}
.alarm h2{color:var(--bad)}.alarm ul{margin:0;padding-left:20px}
.two{display:grid;grid-template-columns:1fr 1fr;gap:18px}
.two>section{margin:0;min-width:0}
.pair{margin:18px 0}
.scroll{overflow-x:auto;margin:0 -4px;padding:0 4px}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th,td{padding:7px 9px;text-align:left;border-bottom:1px solid var(--line);white-space:nowrap;vertical-align:middle}
table+p,.scroll+p{margin-top:12px}
tbody th{font-weight:500;text-align:left}
td.wrap{white-space:normal;min-width:180px}
th.right,td.right{text-align:right}
thead th{color:var(--muted);font-weight:600;font-size:13px;background:var(--card)}
tbody tr:last-child>*{border-bottom:0}
tr.total>*{font-weight:650;border-top:2px solid var(--line)}
tbody tr.chosen>*{background:var(--soft)}
tbody tr[data-trade]{cursor:pointer}
tbody tr[data-trade]:hover>*{background:var(--soft)}
.tall{max-height:560px;overflow-y:auto}
.tall thead th{position:sticky;top:0;z-index:1}
.sort{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;white-space:nowrap}
.sort::after{content:" ↕";opacity:.45}
th[aria-sort=ascending] .sort::after{content:" ↑";opacity:1}
th[aria-sort=descending] .sort::after{content:" ↓";opacity:1}
.zoom{font:inherit;color:var(--info);background:none;border:1px solid var(--line);border-radius:7px;padding:1px 9px;min-width:38px;cursor:pointer}
.zoom:hover{border-color:currentColor}
.bar{display:inline-block;vertical-align:middle}
.bar rect{fill:var(--slate)}.bar .plus{fill:var(--goodfill)}.bar .minus{fill:var(--badfill)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.tools{display:flex;flex-wrap:wrap;gap:8px;align-items:center;margin:0 0 10px}
.tools select,.tools button{font:inherit;font-size:14px;color:var(--text);background:var(--soft);border:1px solid var(--line);border-radius:8px;padding:7px 12px;min-height:38px;max-width:100%;cursor:pointer}
.tools button:hover{border-color:var(--muted)}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;list-style:none;margin:10px 0 0;padding:0;color:var(--muted);font-size:13px}
.legend svg{vertical-align:-2px;margin-right:5px}
.readout{min-height:22px;margin:6px 0 0;color:var(--muted);font-size:13px;font-variant-numeric:tabular-nums}
.chart{overflow:hidden}
.chart svg{display:block;max-width:100%;touch-action:pan-y}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.axis,.strip-label{fill:var(--muted)}
.grid{stroke:var(--grid)}.grid.day{stroke:var(--line)}
.wick{stroke:var(--slate);fill:none}
.rising{fill:var(--card);stroke:var(--slate)}.falling{fill:var(--slate);stroke:var(--slate)}
.band{opacity:.13}.lane{opacity:.9}
.signaled{fill:var(--amber)}.entering{fill:#a78bfa}.holding{fill:var(--blue)}.exiting{fill:#c084fc}.cooling{fill:var(--slate)}
.lane-word{fill:#0b1120;font-size:11px;font-weight:600}.lane-word.holding,.lane-word.cooling{fill:#fff}
.lane.holding{fill:#2563eb}.lane.cooling{fill:#56637a}
.stop{stroke:var(--badfill);stroke-width:1.5;stroke-dasharray:5 3}
.target{stroke:var(--goodfill);stroke-width:1.5;stroke-dasharray:1.5 3}
.way{stroke-width:1.5;stroke:var(--slate)}.way.won{stroke:var(--goodfill)}.way.lost{stroke:var(--badfill);stroke-dasharray:4 2}
.trade{cursor:pointer}
.entry{fill:var(--blue);stroke:var(--card);stroke-width:1}
.exit{fill:var(--slate);stroke:var(--card);stroke-width:1}.exit.won{fill:var(--goodfill)}.exit.lost{fill:var(--card);stroke:var(--badfill);stroke-width:2}
.chosen .entry,.chosen .exit{stroke:var(--text);stroke-width:2}
.number{fill:var(--text);font-weight:600}
.strip{fill:var(--soft)}.met{fill:var(--goodfill)}.unmet{fill:var(--slate)}.hatch{stroke:var(--slate);stroke-width:2}
.cross{stroke:var(--muted);stroke-dasharray:3 3}
.equity{fill:none;stroke:var(--blue);stroke-width:1.8}.capital{stroke:var(--muted);stroke-dasharray:2 4}.zero{stroke:var(--line)}
.drawdown{fill:var(--badfill);fill-opacity:.28;stroke:var(--badfill)}
pre{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;margin:0;overflow-x:auto;padding:12px;background:var(--soft);border-radius:8px}
details{margin:0 0 10px}details:last-child{margin:0}
summary{cursor:pointer;padding:8px 0;font-weight:600}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:4px 18px;margin:0}
.facts dt{color:var(--muted)}.facts dd{margin:0;overflow-wrap:anywhere}
.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:13px}
footer{color:var(--muted);font-size:13px;padding-bottom:32px}
:focus-visible{outline:2px solid var(--info);outline-offset:2px}
@media (max-width:900px){.two{grid-template-columns:minmax(0,1fr)}.tiles{grid-template-columns:1fr 1fr}}
@media (max-width:480px){body{font-size:14px}main,header>div,footer{padding:0 12px}section{padding:14px 12px;border-radius:10px}.tiles{gap:8px}.tiles>div{padding:10px 12px}.tiles dd{font-size:19px}h1{font-size:20px}
.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:8px}.zoom,.sort{min-height:32px}th,td{padding:7px 8px}}
@media print{nav,.tools,.readout{display:none}section{break-inside:avoid}.tall{max-height:none}}
`
