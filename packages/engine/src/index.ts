export { defineStep, type OpenPorts, type TypedStep } from "./components/define-step.js";
export type { Blobs } from "./contracts/blobs.js";
export type { Clock } from "./contracts/clock.js";
export type {
  ClassEntry,
  ComponentDefinition,
  ConfigProblem,
  NamedFile,
  NamedFunction,
  NestedComponent,
  Pack,
  PlainDefinition,
  PortDeclaration,
  Registry,
  StepCall,
  StepContext,
  StepDefinition,
  StepPorts,
  Zod,
} from "./contracts/component.js";
export type {
  Answered,
  Ask,
  AttemptOutcome,
  AttemptRequest,
  AttemptSink,
  ComponentCall,
  Executor,
  Usage,
} from "./contracts/executor.js";
export type { Failure, FailureKind } from "./contracts/failure.js";
export type { Handle } from "./contracts/handle.js";
export type { Http, HttpAnswer, HttpHead, HttpRequest, HttpStream } from "./contracts/http.js";
export { type FileValue, isFileValue, type Json, type JsonObject, type JsonSchema } from "./contracts/json.js";
export type { Requests, SteeringAction, SteeringAnswer, SteeringRequest } from "./contracts/requests.js";
export type { Amounts, CallNote, CallWish } from "./contracts/spending.js";
export type { RunRecord, RunStatus, Store } from "./contracts/store.js";
export type { Diagnostic } from "./document/diagnostic.js";
export { NanobrainError, nanobrainError } from "./errors/nanobrain-error.js";
export type { StepNews } from "./host/step-news.js";
export type { RunEvent } from "./kernel/event.js";
export { durationText } from "./observe/duration-text.js";
export { createNarrator, type Narration } from "./observe/narrate.js";
export type { Progress, StepProgress } from "./observe/progress.js";
export { isPublished, isReport, type Publishing, progressText, publishingOf } from "./observe/publishing.js";
export type { RunSummary, StepStatus, StepSummary } from "./observe/summary.js";
export type { Plan } from "./plan/plan.js";
export { type BackedUp, backupStore } from "./runtime/backup/backup-store.js";
export { type Restored, type RestoreOptions, restoreStore } from "./runtime/backup/restore-store.js";
export { createRuntime } from "./runtime/create-runtime.js";
export { defineWorkflow } from "./runtime/definition/define-workflow.js";
export type { InputsGiven, OutputsMade } from "./runtime/definition/reference-pairs.js";
export type { WorkflowDefinition } from "./runtime/definition/workflow-definition.js";
export { documentInvalid } from "./runtime/document-invalid.js";
export type { Pruned, PruneOptions } from "./runtime/prune/prune-runs.js";
export type {
  AnyOutputs,
  ForkedRun,
  Loaded,
  LoadOptions,
  RunAsk,
  RunHandle,
  RunResult,
  Runtime,
  RuntimeOptions,
  StartOptions,
  Steered,
} from "./runtime/runtime.js";
export type {
  Served,
  ServedTrigger,
  ServeNote,
  ServeOptions,
  Server,
} from "./runtime/serve/served.js";
export { Workflow } from "./runtime/workflow.js";
