/** The door `@nanobrain/engine/steps`: what classes of steps are written with, beside their `StepContext`. */
export { queryRows } from "./adapters/stores/sqlite/query-rows.js";
export { schemaOrPath } from "./components/schema-or-path.js";
export {
  type DelimitedTable,
  type Delimiter,
  formatDelimited,
  parseDelimited,
} from "./components/steps/delimited-text.js";
export { delimiterKey, delimiterOption } from "./components/steps/delimiter-key.js";
export { fileFingerprint } from "./components/steps/file-fingerprint.js";
export { interpolate, referredInputs } from "./components/steps/interpolate.js";
export { formatText, parseText, type TextFormat } from "./components/steps/parse-text.js";
export { saidSchema } from "./components/steps/said-schema.js";
export { schemaFiles } from "./components/steps/schema-files.js";
export { bytesOf, millisecondsOf, size } from "./components/steps/world/amounts.js";
export { fixedProblems, pathProblems, secretProblems } from "./components/steps/world/config-checks.js";
export { keepStepFile, openStepFile, readStepFile } from "./components/steps/world/step-files.js";
export { startTalkingProgram, type TalkingProgram } from "./components/steps/world/talking-program.js";
export { decodeWindows1252, encodeWindows1252, isWindows1252 } from "./components/steps/world/windows-1252.js";
export { duration } from "./components/triggers/trigger-parts.js";
export { durationMs, sizeBytes } from "./document/quantities.js";
export { readYaml } from "./document/read-yaml.js";
export { classify } from "./errors/classify.js";
export { failureOf } from "./errors/failure-of.js";
export { stepFailure } from "./errors/step-failure.js";
export { checkSchema, problemText, type SchemaProblem, validateValue, validatorOf } from "./expression/json-schema.js";
export { type LinearPattern, linearPattern } from "./expression/linear-pattern.js";
export { loadCondition } from "./expression/load-condition.js";
export { checkTemplate, renderTemplate } from "./expression/template.js";
export { escapeHtml } from "./expression/template-filters.js";
export { retryAfterMs, statusFault } from "./network/http-faults.js";
export { canonicalJson } from "./plan/canonical-json.js";
export { secretMask } from "./values/secret-mask.js";
