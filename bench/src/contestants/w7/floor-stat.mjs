// Floor: one JSON manifest, stat of every input and output, compare; no hashing (what make and ninja promise).
import { writeFileSync } from "node:fs";
import { inputs, outputs } from "./_files.mjs";
export const version = `node ${process.versions.node}`,
  note = "manifest + 2 stats per step";
export function setup(dir, n) {
  inputs(dir, n);
  outputs(dir, n);
  writeFileSync(
    `${dir}/mk.cjs`,
    `const fs=require('fs');const n=${n};const m=new Array(n);for(let i=0;i<n;i++){const a=fs.statSync('in/'+i),b=fs.statSync('out/'+i);m[i]=[a.mtimeMs,a.size,b.mtimeMs,b.size]}fs.writeFileSync('m.json',JSON.stringify(m))`,
  );
  writeFileSync(
    `${dir}/x.cjs`,
    `const fs=require('fs');const m=JSON.parse(fs.readFileSync('m.json','utf8'));let bad=0;for(let i=0;i<m.length;i++){const a=fs.statSync('in/'+i),b=fs.statSync('out/'+i),x=m[i];if(x[0]!==a.mtimeMs||x[1]!==a.size||x[2]!==b.mtimeMs||x[3]!==b.size)bad++}if(bad)process.exit(1)`,
  );
  return { cmd: process.execPath, args: ["x.cjs"], primeArgs: ["mk.cjs"], cwd: dir };
}
