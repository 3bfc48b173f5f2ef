/** A document of every section, as an author wrote it: event-driven, with files beside it. */
export const seedText = `# Complex AI Research Workflow
name: "ai_research_workflow"
description: "Multi-stage AI-powered research pipeline"
execution_strategy: "event_driven"
error_handling: "retry"

# Step Definitions with Class+Config Patterns
steps:
  # Data Acquisition Stage
  literature_search:
    class: "nanobrain.library.steps.LiteratureSearchStep"
    config:
      search_engines: ["pubmed", "arxiv", "google_scholar"]
      max_results: 100
      quality_threshold: 0.8
  
  data_collection:
    class: "nanobrain.library.steps.DataCollectionStep"
    config:
      sources: ["api", "web_scraping", "database"]
      validation_schema: "schemas/research_data.json"
  
  # Processing Stage
  data_preprocessing:
    class: "nanobrain.library.steps.DataPreprocessingStep"
    config:
      cleaning_rules: "config/cleaning_rules.yml"
      normalization: true
      deduplication: true
  
  # AI Analysis Stage
  llm_analysis:
    class: "nanobrain.library.steps.AgentStep"
    config:
      agent:
        class: "nanobrain.library.agents.conversational.EnhancedCollaborativeAgent"
        config: "config/research_agent.yml"
      analysis_prompt: |
        Analyze the research data for patterns, insights, and recommendations.
        Focus on identifying novel findings and potential research directions.
  
  # Synthesis Stage
  report_generation:
    class: "nanobrain.library.steps.ReportGenerationStep"
    config:
      template: "templates/research_report.md"
      include_visualizations: true
      export_formats: ["pdf", "html", "docx"]

# Data Flow Links
links:
  # Literature to Data Collection
  literature_to_data:
    class: "nanobrain.core.link.TransformLink"
    config:
      source: "literature_search.search_results"
      target: "data_collection.input_sources"
      transform_function: "extract_data_sources"
  
  # Data Collection to Preprocessing
  data_to_preprocessing:
    class: "nanobrain.core.link.DirectLink"
    config:
      source: "data_collection.collected_data"
      target: "data_preprocessing.raw_data"
  
  # Preprocessing to Analysis
  preprocessing_to_analysis:
    class: "nanobrain.core.link.ConditionalLink"
    config:
      source: "data_preprocessing.clean_data"
      target: "llm_analysis.input_data"
      condition: "data_quality_score > 0.7"
  
  # Analysis to Report
  analysis_to_report:
    class: "nanobrain.core.link.TransformLink"
    config:
      source: "llm_analysis.analysis_results"
      target: "report_generation.analysis_input"
      transform_function: "format_for_report"

# Event Triggers
triggers:
  # Start workflow when new literature is available
  literature_available:
    class: "nanobrain.core.trigger.DataUpdatedTrigger"
    config:
      watch_data_units: ["literature_sources"]
      step_targets: ["literature_search"]
  
  # Progress monitoring trigger
  progress_monitor:
    class: "nanobrain.core.trigger.TimerTrigger"
    config:
      interval: 300  # 5 minutes
      step_targets: ["progress_monitoring"]

# Execution Configuration
executor:
  class: "nanobrain.core.executor.ParslExecutor"
  config: "config/hpc_executor.yml"

# Monitoring and Performance
monitoring:
  enable_progress_tracking: true
  checkpoint_interval: 300
  metrics_collection: true
  real_time_updates: true
  performance_optimization: true

# Error Handling Configuration
error_handling_config:
  max_retries: 3
  retry_delay: 60
  timeout: 3600
  rollback_on_failure: true
  preserve_partial_results: true
`;

/** The files it names that are read when it is loaded. */
export const seedFiles = {
  "config/hpc_executor.yml": "max_workers: 8\nprovider: slurm\n",
  "config/research_agent.yml": "model: sample\ntemperature: 0\n",
  "config/cleaning_rules.yml": "trim: true\n",
};
