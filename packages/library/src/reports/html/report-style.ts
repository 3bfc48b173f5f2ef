/** Colours of both kinds of pages, light and dark. */
export const pageColours = `:root{color-scheme:light dark;--ink:#1d2733;--soft:#566373;--paper:#fff;--line:#d7dee6;--wash:#f4f7fa;--link:#0b5cad;--mark:#0072b2}
@media (prefers-color-scheme:dark){:root{--ink:#e4e9ef;--soft:#a3afbc;--paper:#14191f;--line:#333d48;--wash:#1c232b;--link:#7db8f2;--mark:#56b4e9}}
`;

export const reportStyle = `${pageColours}*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.62 "Charter","Bitstream Charter","Sitka Text",Cambria,Georgia,serif;overflow-wrap:break-word}
main{max-width:46rem;margin:0 auto;padding:3.5rem 1.25rem 5rem}
h1,h2,h3,h4,h5,h6,.byline,table,figcaption,nav,.label{font-family:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
h1{font-size:2.05rem;line-height:1.2;margin:0 0 .5rem;letter-spacing:-.01em}
h2{font-size:1.4rem;line-height:1.3;margin:2.6rem 0 .7rem}
h3{font-size:1.13rem;margin:1.9rem 0 .5rem}
h4,h5,h6{font-size:1rem;margin:1.5rem 0 .4rem}
header{border-bottom:2px solid var(--mark);padding-bottom:1rem;margin-bottom:2rem}
.byline{color:var(--soft);margin:0}
a{color:var(--link);text-decoration-thickness:1px;text-underline-offset:2px}
a.cite{text-decoration:none}
p,ul,ol,pre,blockquote,figure,.wide{margin:0 0 1.05rem}
li{margin:.22rem 0}
blockquote{padding:.1rem 0;padding-inline-start:1.1rem;margin-inline:0;border-inline-start:3px solid var(--line);color:var(--soft)}
blockquote>:last-child{margin-bottom:0}
code{font:.88em ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;background:var(--wash);padding:.1em .3em;border-radius:3px}
pre{background:var(--wash);border:1px solid var(--line);border-radius:6px;padding:.8rem 1rem;overflow-x:auto;line-height:1.45}
pre code{background:none;padding:0}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.88rem;width:100%}
th,td{padding:.42rem .7rem;border-bottom:1px solid var(--line);text-align:start;vertical-align:top}
thead th{border-bottom:2px solid var(--soft)}
.right{text-align:right;font-variant-numeric:tabular-nums}.center{text-align:center}
figure{padding:.6rem;border:1px solid var(--line);border-radius:8px;background:#fff;color:#1d2733;break-inside:avoid}
figure svg{display:block;width:100%;height:auto}
figcaption{color:#566373;font-size:.85rem;padding:.5rem .3rem .1rem}
nav{border:1px solid var(--line);border-radius:8px;background:var(--wash);padding:.7rem 1.1rem;margin-bottom:1.5rem;font-size:.93rem}
nav ul{list-style:none;margin:0;padding:0}nav .level-3{padding-left:1.3rem}
nav a{text-decoration:none}
hr{border:0;border-top:1px solid var(--line);margin:2rem 0}
.references{list-style:none;padding:0;font-size:.9rem}.references li{margin:.5rem 0;padding-left:2.6rem;text-indent:-2.6rem}
.references .label{display:inline-block;min-width:2.2rem;text-indent:0;color:var(--soft)}
.notes{border-top:1px solid var(--line);margin-top:3rem;padding-top:.8rem;font-size:.88rem}
:target{background:color-mix(in srgb,var(--mark) 16%,transparent)}
@page{margin:2cm}
@media print{:root{--ink:#000;--soft:#444;--paper:#fff;--line:#bbb;--wash:#f6f6f6;--link:#000;--mark:#444}body{font-size:10.5pt}main{max-width:none;padding:0}
h1,h2,h3,h4{break-after:avoid}pre,blockquote,tr,li{break-inside:avoid}.wide{overflow:visible}a{text-decoration:none}}
`;
