/** The look of a run's report: system fonts, light and dark, fit to print. */
export const pageStyle = `:root{color-scheme:light dark;--ink:#1d2733;--soft:#5a6775;--paper:#fff;--line:#dbe1e8;--wash:#f5f7fa;--link:#0b5cad;--ok:#2f7d46;--bad:#b3261e;--run:#0b5cad;--wait:#8a5a00;--off:#7a828c}
@media (prefers-color-scheme:dark){:root{--ink:#e4e9ef;--soft:#a3afbc;--paper:#14191f;--line:#333d48;--wash:#1c232b;--link:#7db8f2;--ok:#6cc58a;--bad:#ff8a80;--run:#7db8f2;--wait:#e6b450;--off:#98a2ad}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
main{max-width:72rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 .6rem 0 0;display:inline}h2{font-size:1.15rem;margin:2.2rem 0 .7rem;padding-bottom:.25rem;border-bottom:1px solid var(--line)}h3{font-size:1rem;margin:0 0 .3rem}
.sub{color:var(--soft);margin:.35rem 0 1.2rem}
.status{font-size:.8rem;font-weight:600;padding:.08rem .5rem;border-radius:99px;border:1px solid currentColor;white-space:nowrap;color:var(--off)}
.succeeded,.completed{color:var(--ok)}.failed{color:var(--bad)}.running,.retrying{color:var(--run)}.waiting,.ready{color:var(--wait)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.8rem,1fr));gap:.6rem;margin:0;padding:0}
.tiles div{background:var(--wash);border:1px solid var(--line);border-radius:8px;padding:.55rem .8rem}
.tiles dt{color:var(--soft);font-size:.78rem}.tiles dd{margin:0;font-size:1.15rem;font-weight:600;font-variant-numeric:tabular-nums}.tiles small{display:block;font-weight:400;color:var(--soft);font-size:.75rem}
nav{font-size:.88rem;margin:1rem 0 0}nav a{margin-right:1rem}
a{color:var(--link)}
.wide{overflow-x:auto;max-width:100%}.wide td{min-width:4rem}.wide td:first-child code{white-space:nowrap;overflow-wrap:normal}
table{border-collapse:collapse;width:100%;font-size:.84rem}
th,td{text-align:left;padding:.32rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
thead th{color:var(--soft);font-weight:600;border-bottom:2px solid var(--line);white-space:nowrap}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.name,code{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.92em}
.inner{color:var(--soft)}td span{white-space:nowrap}
.card{border:1px solid var(--line);border-left:4px solid var(--bad);border-radius:6px;padding:.7rem .95rem;margin:0 0 .8rem;background:var(--wash)}
.card p{margin:.15rem 0}.card .hint{font-weight:600}.card .because{padding-left:1rem;color:var(--soft)}
.warning{border-left-color:var(--wait)}.ask{border-left-color:var(--run)}
pre{background:var(--wash);border:1px solid var(--line);border-radius:6px;padding:.6rem .8rem;overflow-x:auto;max-height:22rem;margin:.3rem 0 .9rem;font:.84rem/1.45 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;white-space:pre-wrap}
details{border:1px solid var(--line);border-radius:6px;padding:.35rem .8rem;margin:.6rem 0}details[open]{padding-bottom:.8rem}
summary{cursor:pointer;font-weight:600}
.chart{overflow:auto;max-height:42rem;border:1px solid var(--line);border-radius:8px;background:#fff;color:#1d2733}
.chart img,.chart svg{display:block;max-width:none;margin:0 auto}.chart.fit svg{width:100%;height:auto;min-width:46rem}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.1rem;margin:0;font-size:.9rem}.facts dt{color:var(--soft)}.facts dd{margin:0}
footer{margin-top:2.5rem;color:var(--soft);font-size:.82rem;border-top:1px solid var(--line);padding-top:.7rem}
@page{margin:1.5cm}
@media print{:root{--ink:#000;--paper:#fff;--wash:#fff;--soft:#444}body{font-size:9.5pt}main{max-width:none;padding:0}.chart,pre,.wide{max-height:none;overflow:visible}tr,.card{break-inside:avoid}nav{display:none}}
`;
