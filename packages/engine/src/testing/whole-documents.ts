/** A document with every key that a workflow may have. */
export const reviewText = `# yaml-language-server: $schema=.nanobrain/schema.json
name: review
class: Workflow                      # default; or ChatWorkflow, ...: adds that kind's default steps, units and methods
description: Reads papers on a topic
version: "1.2.0"
extends: base.yml                    # optional: maps merge, lists replace
module: ./review.ts                  # functions named below; default: the module beside the document with its name
execution_strategy: graph            # sequential | parallel | graph (= graph_based, default) | event_driven
error_handling: retry                # continue | stop (default) | retry | rollback
error_handling_config: { max_retries: 3, retry_delay: 60, timeout: 3600, rollback_on_failure: true, preserve_partial_results: true }
on_failure: { class: HttpStep, config: { method: POST, url: "\${HOOK_URL:-}" } }     # also on_success, on_pause: run after the end, change nothing

input_data_units:                    # what the workflow takes; its ports when it is used as a step
  topic: { class: DataUnitString, config: { schema: { type: string, minLength: 2 }, default: virus, optional: true } }
output_data_units:
  report: { class: DataUnitFile, config: { path: out/report.html } }
data_units:                          # DataUnitMemory, DataUnitFile, DataUnitString, DataUnitStream
  limits: { class: DataUnitMemory, config: { role: parameter, default: { max: 10 } } }   # role: input parameter result metric

steps:
  search:
    class: nanobrain.library.steps.LiteratureSearchStep     # or LiteratureSearchStep, or ./steps/search.ts#Search
    config: { search_engines: [pubmed, arxiv], max_results: "\${MAX_RESULTS:-100}" }   # or a path to a YAML file
    error_handling: continue         # overrides the workflow's; so do max_retries, retry_delay; timeout is per attempt
    fallback: { class: CachedSearchStep }                   # its ports cover the linked ones
    resources: { cpu: 1, memory: 512MB, network: 1 }
    executor: thread
    cache: shared                    # off | run | shared
    checkpoint: true
    depends_on: []
    when_absent: fail                # default: skip
    concurrency: 1
    max_activations: 1000            # merge also on units, where it may be collect
    on_rollback: { class: CommandStep, config: { command: [rm, -rf, "{{ folder }}"] } }
    inputs:
      limit: { default: 10, hold: true }   # or a constant: \`limit: 10\`; merge: single | first | list | each; hold keeps its last token
      query: { from: topic }         # short for a DirectLink; with when: a ConditionalLink; with transform: a TransformLink
  read:
    class: AgentStep
    for_each: { over: papers, as: paper, concurrency: 4, max_failures: 2 }
    config: { agent: { class: EnhancedCollaborativeAgent, config: config/reader.yml } }
  improve:
    class: Workflow
    config: workflows/improve.yml
    repeat: { until: "score > 0.8", max: 5, carry: { draft: draft }, on_max: accept }     # carry: {output: input}; accept | fail
  approve:
    class: ApprovalStep
    config: { question: "Publish {{ title }}?", choices: [yes, no] }
    timeout: 24h
    on_timeout: "no"

links:
  found: { class: TransformLink,   config: { source: search.search_results, target: read.papers, transform_function: to_papers } }
  shape: { class: TransformLink,   config: { source: read.notes, target: improve.notes, expression: "notes[score > 0.5]", output_schema: schemas/notes.json } }
  good:  { class: ConditionalLink, config: { source: improve.result, target: approve.title, condition: "score > 0.7 and size(title) > 0", otherwise: skip } }

executor: { class: ThreadExecutor, config: { max_workers: 4 } }     # LocalExecutor ThreadExecutor ProcessExecutor ParslExecutor
resources: { cpu: 4, memory: 8GB, licence: 2 }                       # pool sizes; default: this machine's
monitoring: { enable_progress_tracking: true, checkpoint_interval: 300, metrics_collection: true, real_time_updates: true, performance_optimization: true }
`;

/** An event-driven document with every kind of trigger, and queues. */
export const intakeText = `name: intake
execution_strategy: event_driven
completion: manual                   # quiescent (default) | outputs | manual (until \`nanobrain finish ID\`)
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
  inbox:  { class: FolderTrigger,      config: { path: inbox, pattern: "*.csv", debounce: 1s, step_targets: [load.file] } }
  newest: { class: DataUpdatedTrigger, config: { watch_data_units: [work.result], mode: any, coalesce: true, step_targets: [report] } }
  hourly: { class: TimerTrigger,       config: { cron: "0 * * * *", timezone: UTC, misfire: once, step_targets: [report] } }
  bad:    { class: ConditionTrigger,   config: { condition: "metrics.run.error_rate > 0.1", window: 5m, rearm: 1m, step_targets: [alarm] } }
  now:    { class: ManualTrigger,      config: { payload_schema: { type: object }, step_targets: [report] } }
`;
