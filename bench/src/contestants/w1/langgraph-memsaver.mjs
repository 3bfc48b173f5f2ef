import { MemorySaver } from "@langchain/langgraph";
import { version as v } from "../../lib/version.mjs";
import { build } from "./_langgraph.mjs";
export const version = v("@langchain/langgraph");
export const note = "MemorySaver checkpointer";
export const run = (a) => build(a, new MemorySaver());
export const supports = (s) => !(s.n > 10000);
