import { version as v } from "../../lib/version.mjs";
import { build } from "./_langgraph.mjs";
export const version = v("@langchain/langgraph");
export const run = (a) => build(a, undefined);
export const supports = (s) => !(s.n > 10000);
