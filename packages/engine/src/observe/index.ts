/** The door `@nanobrain/engine/observe`: what looks back at runs. Apart from the main door, so that running loads none of it. */

export type { TriggerStatus } from "../kernel/triggers/trigger-status.js";
export type { WhyCause } from "./absence.js";
export { type AgentCall, agentCalls, spentIn } from "./agent-calls.js";
export type { PlanDiff } from "./diff-plans.js";
export {
  type Compared,
  type DiffedRun,
  diffRuns,
  type Pair,
  type RunDiff,
  type StepDiff,
  type ValueDiff,
} from "./diff-runs.js";
export { durationText } from "./duration-text.js";
export { type FailureFact, failureFacts } from "./failure-facts.js";
export type { StepUnknown } from "./find-step.js";
export { type FoundValue, findValue, type ValueUnknown } from "./find-value.js";
export { type Lifecycle, type LifecycleState, lifecycle, type Transition } from "./lifecycle.js";
export { type LogFilter, type LogLine, logView } from "./log-view.js";
export { createNarrator } from "./narrate.js";
export type { Narration } from "./narration.js";
export type { WhyNeed } from "./needs.js";
export { type OpenAsk, openAsks } from "./open-asks.js";
export { type EarlierRun, planNotes } from "./plan-notes.js";
export type { GateProgress, Progress, QueueProgress, StepProgress, TriggerProgress } from "./progress.js";
export { createProgressFold, type ProgressFold } from "./progress-fold.js";
export { type StepLine, stepTable } from "./step-table.js";
export { summarize } from "./summarize.js";
export type { QueueSummary, RunSummary, StepStatus, StepSummary } from "./summary.js";
export { type TimelineRow, timeline } from "./timeline.js";
export { type TriggerReport, type TriggerTransition, triggerReports } from "./trigger-report.js";
export { type WhyReport, why } from "./why.js";
export type { WhyAttempt, WhyItems } from "./why-attempts.js";
export type { WhyOutput, WhyRoute } from "./why-outputs.js";
export type { WhyActivation, WhyFiring, WhyQueue, WhyRollback, WhyWait } from "./why-reactions.js";
