/** The door `@nanobrain/library/testing`: models that say what a test tells them to. */

export { type ScriptedModel, scriptedModel } from "../models/scripted/scripted-model.js";
