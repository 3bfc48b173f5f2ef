import type { ClassEntry, NamedFunction, Pack } from "@nanobrain/engine";
import { chatDocument } from "./chat/chat-document.js";

const entry = (kind: ClassEntry["kind"], name: string, load: ClassEntry["load"]): ClassEntry => ({
  class: `nanobrain.library.${name}`,
  kind,
  load,
});

/** Every class of the library, in the order lists show them. */
const classes: readonly ClassEntry[] = [
  entry("step", "steps.LiteratureSearchStep", () =>
    import("./research/literature/literature-search-step.js").then((m) => m.literatureSearchStep),
  ),
  entry("step", "steps.DataCollectionStep", () =>
    import("./research/collection/data-collection-step.js").then((m) => m.dataCollectionStep),
  ),
  entry("step", "steps.DataPreprocessingStep", () =>
    import("./research/preprocessing/data-preprocessing-step.js").then((m) => m.dataPreprocessingStep),
  ),
  entry("step", "steps.AgentStep", () => import("./agents/agent-step.js").then((m) => m.agentStep)),
  entry("step", "steps.ReportGenerationStep", () =>
    import("./reports/report-generation-step.js").then((m) => m.reportGenerationStep),
  ),
  entry("step", "steps.AgentProcessingStep", () =>
    import("./chat/agent-processing-step.js").then((m) => m.agentProcessingStep),
  ),
  entry("step", "steps.ResponseFormattingStep", () =>
    import("./chat/response-formatting-step.js").then((m) => m.responseFormattingStep),
  ),
  entry("unit", "units.ConversationHistoryUnit", () =>
    import("./chat/conversation-history-unit.js").then((m) => m.conversationHistoryUnit),
  ),
  entry("workflow", "workflows.ChatWorkflow", () =>
    import("./chat/chat-workflow-kind.js").then((m) => m.chatWorkflowKind),
  ),
  entry("agent", "agents.SimpleAgent", () => import("./agents/simple-agent.js").then((m) => m.simpleAgent)),
  entry("agent", "agents.conversational.ConversationalAgent", () =>
    import("./agents/conversational-agent.js").then((m) => m.conversationalAgent),
  ),
  entry("agent", "agents.conversational.EnhancedCollaborativeAgent", () =>
    import("./agents/enhanced-collaborative-agent.js").then((m) => m.enhancedCollaborativeAgent),
  ),
];

/** Functions that links and FunctionStep may name. */
const functions: { readonly [name: string]: NamedFunction } = {
  extract_data_sources: async (value, context) =>
    (await import("./research/extract-data-sources.js")).extractDataSources(value, context),
  format_for_report: async (value, context) =>
    (await import("./reports/format-for-report.js")).formatForReport(value, context),
};

/** The library, for `createRuntime({ packs: [pack] })`. The command line has it always. */
export const pack: Pack = {
  name: "@nanobrain/library",
  /** Plans say which secrets a step may use, and those depend on the model. */
  get version() {
    return `1 ${process.env["NANOBRAIN_MODEL"] ?? ""}`.trimEnd();
  },
  get url() {
    return import.meta.url;
  },
  classes,
  workflows: { "nanobrain.library.workflows.ChatWorkflow": chatDocument },
  functions,
};
