/** Documents for tests: between them, every key of the dialect and every shape of the seed's section 5.1. */

export const everyKey = `# yaml-language-server: $schema=.nanobrain/schema.json
name: review
class: Workflow
description: Reads papers on a topic
version: "1.2.0"
extends: base.yml
module: ./review.ts
execution_strategy: graph
error_handling: retry
error_handling_config: { max_retries: 3, retry_delay: 60, timeout: 3600, rollback_on_failure: true, preserve_partial_results: true }
on_failure: { class: HttpStep, config: { method: POST, url: "\${HOOK_URL:-}" } }
on_success: { class: HttpStep }
on_pause: { class: HttpStep }
completion: quiescent

input_data_units:
  topic: { class: DataUnitString, config: { schema: { type: string, minLength: 2 }, default: virus, optional: true } }
output_data_units:
  report: { class: DataUnitFile, config: { path: out/report.html } }
data_units:
  limits: { class: DataUnitMemory, config: { role: parameter, default: { max: 10 } } }

steps:
  search:
    class: nanobrain.library.steps.LiteratureSearchStep
    description: Finds papers
    config: { search_engines: [pubmed, arxiv], max_results: "\${MAX_RESULTS:-100}" }
    error_handling: continue
    max_retries: 2
    retry_delay: 5s
    timeout: 2m
    fallback: { class: CachedSearchStep }
    resources: { cpu: 1, memory: 512MB, network: 1 }
    executor: thread
    cache: shared
    checkpoint: true
    depends_on: []
    when_absent: fail
    concurrency: 1
    max_activations: 1000
    on_rollback: { class: CommandStep, config: { command: [rm, -rf, "{{ folder }}"] } }
    inputs:
      limit: { default: 10, hold: true }
      query: { from: topic }
  read:
    class: AgentStep
    for_each: { over: papers, as: paper, concurrency: 4, max_failures: 2 }
    config: { agent: { class: EnhancedCollaborativeAgent, config: config/reader.yml } }
    outputs: [notes]
  improve:
    class: Workflow
    config: workflows/improve.yml
    repeat: { until: "score > 0.8", max: 5, carry: { draft: draft }, on_max: accept }
  approve:
    class: ApprovalStep
    config: { question: "Publish {{ title }}?", choices: [yes, no] }
    timeout: 24h
    on_timeout: "no"

links:
  found: { class: TransformLink, config: { source: search.search_results, target: read.papers, transform_function: to_papers } }
  good: { class: ConditionalLink, config: { source: improve.result, target: approve.title, condition: "score > 0.7", otherwise: skip } }

executor: { class: ThreadExecutor, config: { max_workers: 4 } }
resources: { cpu: 4, memory: 8GB, licence: 2 }
monitoring: { enable_progress_tracking: true, checkpoint_interval: 300, metrics_collection: true, real_time_updates: true, performance_optimization: true }
metadata: { owner: lab }
`;

export const everyTrigger = `name: intake
execution_strategy: event_driven
completion: manual
steps:
  load: { class: FileReadStep, config: { path: "{{ file }}", parse: csv } }
  work: { class: Workflow, config: workflows/one-file.yml, concurrency: 2 }
  spare: { class: Workflow, config: workflows/one-file.yml }
  report: { class: FunctionStep, config: { function: summarize } }
  alarm: { class: HttpStep, config: { method: POST, url: "\${ALARM_URL:-http://127.0.0.1:9}" } }
links:
  rows: { class: QueueLink, config: { source: load.content, targets: [work.row, spare.row], each: true, capacity: 100, balance: least_loaded, key: id, max_deliveries: 3 } }
  dead: { class: DirectLink, config: { source: rows.dead_letters, target: alarm.body } }
triggers:
  inbox: { class: FolderTrigger, config: { path: inbox, pattern: "*.csv", debounce: 1s, step_targets: [load.file] } }
  newest: { class: DataUpdatedTrigger, config: { watch_data_units: [work.result], mode: any, coalesce: true, step_targets: [report] } }
  hourly: { class: TimerTrigger, config: { cron: "0 * * * *", timezone: UTC, misfire: once, step_targets: [report] } }
  bad: { class: ConditionTrigger, config: { condition: "metrics.run.error_rate > 0.1", window: 5m, rearm: 1m, step_targets: [alarm] } }
  now: { class: ManualTrigger, config: { payload_schema: { type: object }, step_targets: [report] } }
`;

export const seedShapes = `# Quoted scalars, comments between entries, dotted classes, configs in other files
name: "pipeline"
description: "Stages with a model"
execution_strategy: "event_driven"
error_handling: "retry"

steps:
  # First stage
  search:
    class: "nanobrain.library.steps.LiteratureSearchStep"
    config:
      search_engines: ["one", "two"]
      max_results: 100
      quality_threshold: 0.8

  analysis:
    class: "nanobrain.library.steps.AgentStep"
    config:
      agent:
        class: "nanobrain.library.agents.conversational.EnhancedCollaborativeAgent"
        config: "config/agent.yml"
      analysis_prompt: |
        Look for patterns.
        Say what is new.

links:
  search_to_analysis:
    class: "nanobrain.core.link.ConditionalLink"
    config:
      source: "search.search_results"
      target: "analysis.input_data"
      condition: "data_quality_score > 0.7"

triggers:
  available:
    class: "nanobrain.core.trigger.DataUpdatedTrigger"
    config:
      watch_data_units: ["sources"]
      step_targets: ["search"]
  progress:
    class: "nanobrain.core.trigger.TimerTrigger"
    config:
      interval: 300  # 5 minutes
      step_targets: ["progress_monitoring"]

executor:
  class: "nanobrain.core.executor.ParslExecutor"
  config: "config/executor.yml"

monitoring:
  enable_progress_tracking: true
  checkpoint_interval: 300

error_handling_config:
  max_retries: 3
  retry_delay: 60
  timeout: 3600
  rollback_on_failure: true
  preserve_partial_results: true
`;

const nested = "steps:\n  only: { class: TransformStep }\n";

/** The files that the documents above name. */
export const worldOf = {
  everyKey: {
    "base.yml": "description: base\nmonitoring: { metrics_collection: false }\n",
    "review.ts": "export const to_papers = (value) => value;\n",
    "config/reader.yml": "model: small\n",
    "workflows/improve.yml": `name: improve\n${nested}`,
  },
  everyTrigger: { "workflows/one-file.yml": `name: one_file\n${nested}` },
  seedShapes: {
    "config/agent.yml": "model: small\n",
    "config/executor.yml": "nodes: 2\n",
    "config/research_agent.yml": "model: small\n",
    "config/hpc_executor.yml": "nodes: 2\n",
  },
} as const;
