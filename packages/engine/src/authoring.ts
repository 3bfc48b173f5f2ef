/** The door `@nanobrain/engine/authoring`: what helps to write documents and to understand messages. */
export { type CatalogueEntry, catalogue, describe, type ErrorCode } from "./errors/catalogue.js";
export { type DiagnosticEntry, diagnosticCodes } from "./errors/diagnostics.js";
