/** The door `@nanobrain/engine/authoring`: what helps to write documents and to understand messages. */
export { nearest } from "./document/nearest.js";
export { type RenderOptions, renderDiagnostics } from "./document/render-diagnostics.js";
export { type CatalogueEntry, catalogue, describe, type ErrorCode } from "./errors/catalogue.js";
export { type DiagnosticEntry, diagnosticCodes } from "./errors/diagnostics.js";
export { runWarningCodes } from "./errors/run-warnings.js";
export { componentDocs } from "./plan/component-docs.js";
export { documentSchema } from "./plan/json-schema.js";
export { planDot } from "./plan/render/plan-dot.js";
export { planJson } from "./plan/render/plan-json.js";
export { planMermaid } from "./plan/render/plan-mermaid.js";
export type { PlanNote, PlanNotes } from "./plan/render/plan-notes.js";
export { planSvg } from "./plan/render/plan-svg.js";
export { planText } from "./plan/render/plan-text.js";
export { describeProject, type ProjectRegistry } from "./runtime/project-registry.js";
