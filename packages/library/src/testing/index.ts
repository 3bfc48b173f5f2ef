/** The door `@nanobrain/library/testing`: models that say what a test tells them to. */

export type { ScriptedAnswer } from "../models/scripted/script.js";
export { type ScriptedModel, scriptedModel } from "../models/scripted/scripted-model.js";
export type { FakeWords } from "./fake-model-events.js";
export { type FakeCall, type FakeModelServer, type FakeReply, startFakeModelServer } from "./fake-model-server.js";
export { type ModelBench, modelBench } from "./model-surroundings.js";
