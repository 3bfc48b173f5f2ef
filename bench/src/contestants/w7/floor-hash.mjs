// Content hashes of every input and output (what turbo, nx and wireit promise), one manifest.
import { writeFileSync } from "node:fs";
import { inputs, outputs } from "./_files.mjs";
export const version = `node ${process.versions.node}`,
  note = "manifest + sha256 of 2 small files per step";
export function setup(dir, n) {
  inputs(dir, n);
  outputs(dir, n);
  const h = `const fs=require('fs'),c=require('crypto');const h=(f)=>c.createHash('sha256').update(fs.readFileSync(f)).digest('base64');`;
  writeFileSync(
    `${dir}/mk.cjs`,
    `${h}const m=[];for(let i=0;i<${n};i++)m.push(h('in/'+i)+h('out/'+i));fs.writeFileSync('m.json',JSON.stringify(m))`,
  );
  writeFileSync(
    `${dir}/x.cjs`,
    `${h}const m=JSON.parse(fs.readFileSync('m.json','utf8'));let bad=0;for(let i=0;i<m.length;i++)if(m[i]!==h('in/'+i)+h('out/'+i))bad++;if(bad)process.exit(1)`,
  );
  return { cmd: process.execPath, args: ["x.cjs"], primeArgs: ["mk.cjs"], cwd: dir };
}
