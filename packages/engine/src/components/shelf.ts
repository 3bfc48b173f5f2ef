import type { ClassEntry } from "../contracts/component.js";

const core = (kind: ClassEntry["kind"], group: string, name: string, load: ClassEntry["load"]): ClassEntry => ({
  class: `nanobrain.core.${group}.${name}`,
  kind,
  load,
});

const step = (name: string, load: ClassEntry["load"]) => core("step", "step", name, load);
const link = (name: string, load: ClassEntry["load"]) => core("link", "link", name, load);
const unit = (name: string, load: ClassEntry["load"]) => core("unit", "unit", name, load);
const trigger = (name: string, load: ClassEntry["load"]) => core("trigger", "trigger", name, load);
const executor = (name: string, load: ClassEntry["load"]) => core("executor", "executor", name, load);

/** Every built-in class, in the order lists show them. */
export const shelf: readonly ClassEntry[] = [
  step("CommandStep", () => import("./steps/command-step.js").then((m) => m.commandStep)),
  step("HttpStep", () => import("./steps/http-step.js").then((m) => m.httpStep)),
  step("FileReadStep", () => import("./steps/file-read-step.js").then((m) => m.fileReadStep)),
  step("FileWriteStep", () => import("./steps/file-write-step.js").then((m) => m.fileWriteStep)),
  step("FileGlobStep", () => import("./steps/file-glob-step.js").then((m) => m.fileGlobStep)),
  step("TransformStep", () => import("./steps/transform-step.js").then((m) => m.transformStep)),
  step("FunctionStep", () => import("./steps/function-step.js").then((m) => m.functionStep)),
  step("ValidateStep", () => import("./steps/validate-step.js").then((m) => m.validateStep)),
  step("TemplateStep", () => import("./steps/template-step.js").then((m) => m.templateStep)),
  step("WaitStep", () => import("./steps/wait-step.js").then((m) => m.waitStep)),
  step("ApprovalStep", () => import("./steps/approval-step.js").then((m) => m.approvalStep)),
  link("DirectLink", () => import("./links/direct-link.js").then((m) => m.directLink)),
  link("TransformLink", () => import("./links/transform-link.js").then((m) => m.transformLink)),
  link("ConditionalLink", () => import("./links/conditional-link.js").then((m) => m.conditionalLink)),
  link("QueueLink", () => import("./links/queue-link.js").then((m) => m.queueLink)),
  unit("DataUnitMemory", () => import("./units/data-unit-memory.js").then((m) => m.dataUnitMemory)),
  unit("DataUnitFile", () => import("./units/data-unit-file.js").then((m) => m.dataUnitFile)),
  unit("DataUnitString", () => import("./units/data-unit-string.js").then((m) => m.dataUnitString)),
  unit("DataUnitStream", () => import("./units/data-unit-stream.js").then((m) => m.dataUnitStream)),
  trigger("DataUpdatedTrigger", () => import("./triggers/data-updated-trigger.js").then((m) => m.dataUpdatedTrigger)),
  trigger("TimerTrigger", () => import("./triggers/timer-trigger.js").then((m) => m.timerTrigger)),
  trigger("ManualTrigger", () => import("./triggers/manual-trigger.js").then((m) => m.manualTrigger)),
  trigger("ConditionTrigger", () => import("./triggers/condition-trigger.js").then((m) => m.conditionTrigger)),
  trigger("FolderTrigger", () => import("./triggers/folder-trigger.js").then((m) => m.folderTrigger)),
  trigger("AllTrigger", () => import("./triggers/all-trigger.js").then((m) => m.allTrigger)),
  trigger("AnyTrigger", () => import("./triggers/any-trigger.js").then((m) => m.anyTrigger)),
  executor("LocalExecutor", () => import("./executors/local-executor.js").then((m) => m.localExecutor)),
  executor("ThreadExecutor", () => import("./executors/thread-executor.js").then((m) => m.threadExecutor)),
  executor("ProcessExecutor", () => import("./executors/process-executor.js").then((m) => m.processExecutor)),
  executor("ParslExecutor", () => import("./executors/parsl-executor.js").then((m) => m.parslExecutor)),
  core("workflow", "workflow", "Workflow", () => import("./workflows/workflow.js").then((m) => m.workflow)),
];

/**
 * Raised when a built-in class's config, ports or behaviour change, so that plans compiled before are made anew.
 * The definitions themselves are not loaded to find out.
 */
export const shelfVersion = "2";
