/** The door `@nanobrain/engine/steps`: what classes of steps are written with, beside their `StepContext`. */
export { schemaOrPath } from "./components/schema-or-path.js";
export { type DelimitedTable, formatDelimited, parseDelimited } from "./components/steps/delimited-text.js";
export { interpolate, referredInputs } from "./components/steps/interpolate.js";
export { formatText, parseText, type TextFormat } from "./components/steps/parse-text.js";
export { saidSchema } from "./components/steps/said-schema.js";
export { bytesOf, millisecondsOf, size } from "./components/steps/world/amounts.js";
export { fixedProblems, pathProblems, secretProblems } from "./components/steps/world/config-checks.js";
export { retryAfterMs, statusFault } from "./components/steps/world/http-faults.js";
export { keepStepFile, readStepFile } from "./components/steps/world/step-files.js";
export { duration } from "./components/triggers/trigger-parts.js";
export { durationMs, sizeBytes } from "./document/quantities.js";
export { failureOf } from "./errors/failure-of.js";
export { stepFailure } from "./errors/step-failure.js";
export { checkSchema, problemText, type SchemaProblem, validateValue } from "./expression/json-schema.js";
export { checkTemplate, renderTemplate } from "./expression/template.js";
export { escapeHtml } from "./expression/template-filters.js";
export { canonicalJson } from "./plan/canonical-json.js";
export { secretMask } from "./values/secret-mask.js";
