import type { FailureKind } from "../contracts/failure.js";

/** One line of the catalogue. `{name}` in a message is filled from the error's details. */
export type CatalogueEntry = {
  readonly message: string;
  readonly hint?: string;
  /** True: trying again later may help. */
  readonly retryable: boolean;
  readonly exitCode: 1 | 2 | 3 | 4;
  readonly httpStatus: number;
  /** Set for what steps and links fail with. */
  readonly kind?: FailureKind;
};

const entry = (
  message: string,
  exitCode: 1 | 2 | 3 | 4,
  httpStatus: number,
  hint?: string,
  retryable = false,
): CatalogueEntry => ({
  message,
  exitCode,
  httpStatus,
  retryable,
  ...(hint === undefined ? {} : { hint }),
});

const failure = (kind: FailureKind, message: string, hint?: string): CatalogueEntry => ({
  ...entry(message, 1, 500, hint, kind === "network" || kind === "timeout" || kind === "resource"),
  kind,
});

/** Every code the engine throws or journals, apart from the diagnostics of documents (`errors/diagnostics`). Each has a page in docs/errors. */
export const catalogue = {
  E_INTERNAL: entry(
    "Internal fault: {what}",
    1,
    500,
    "This is a defect of NanoBrain; keep the run's journal and report it.",
  ),
  E_DOCUMENT_INVALID: entry("Cannot load {file}: {first} ({count} in all)", 2, 400, "nanobrain validate {file}"),
  E_INPUT: entry("Cannot start {workflow}: {problem}", 2, 400),
  E_USAGE: entry("{problem}", 2, 400),
  E_RUN_EXISTS: entry(
    "Cannot create run {run}: a run of that id or name exists with another plan or other inputs",
    2,
    409,
  ),
  E_CHAT_BUSY: entry("Cannot take a message in conversation {session}: the one before it is being answered", 3, 409),
  E_CHAT_DOCUMENT: entry("Cannot chat with {file}: it has no unit {missing}", 2, 400),
  E_RUN_UNKNOWN: entry("Cannot find run {run} in {place}", 2, 404, "nanobrain runs"),
  E_RUN_HELD: entry("Cannot drive run {run}: process {pid} on {host} drives it", 3, 409),
  E_RUN_STATE: entry("Cannot {action} run {run}: it is {status}", 2, 409),
  E_RUN_SILENT: entry(
    "Cannot tell whether run {run} took in {action}: process {pid} on {host} drives it and has not answered for {waitedMs} ms ({state})",
    3,
    504,
    undefined,
    true,
  ),
  E_TRIGGER: entry("Cannot fire trigger {trigger} of run {run}: {problem}", 2, 409),
  E_ANSWER: entry("Cannot answer {step} of run {run}: {problem}", 2, 409),
  E_SET: entry("Cannot set {unit} of run {run}: {problem}", 2, 409),
  E_STORE_DAMAGED: entry("Store {file} is damaged: {what}", 4, 500, "nanobrain doctor"),
  E_STORE_NEWER: entry(
    "Cannot open store {file}: it was written by a newer version (format {found}, this one reads up to {known})",
    4,
    500,
    "Use that version, or name another store: --store DIR.",
  ),
  E_STORE_OLDER: entry(
    "Cannot open store {file}: it was written by an older version (format {found}, this one reads from {known})",
    4,
    500,
    "End its runs with the version that wrote it, or name another store: --store DIR.",
  ),
  E_STORE_LOCKED: entry("Cannot open store {file}: {what}", 4, 503),
  E_STORE_FULL: entry(
    "Cannot write to store {file}: {what}",
    4,
    507,
    "Free some space; the run goes on from where it is.",
    true,
  ),
  E_STORE_IO: entry("Cannot write to store {file}: {what}", 4, 500),
  E_BLOB_MISSING: entry("Blob {hash} is missing", 4, 500),
  E_BLOB_DAMAGED: entry("Blob {hash} is damaged: its bytes have another hash", 4, 500),
  E_STEP: failure("step", "Step failed: {what}"),
  E_TIMEOUT: failure("timeout", "Attempt ran longer than its timeout of {timeoutMs} ms"),
  E_RUN_TIMEOUT: failure("timeout", "Run took longer than its timeout of {timeoutMs} ms"),
  E_CANCELLED: failure("cancelled", "Attempt was cancelled: {reason}"),
  E_POISON: failure("step", "Attempt ended its process {crashes} times"),
  E_OUT_OF_MEMORY: failure("resource", "Attempt ran out of memory ({what})"),
  E_NETWORK: failure("network", "Cannot reach the other side: {what}"),
  E_RESOURCE: failure("resource", "Cannot get a resource of this machine: {what}"),
  E_LANE_DIED: failure("step", "Attempt ended its thread or process: {what}"),
  E_OUTPUT_PORT: failure("data_validation", "Result has port {port}, which {class} does not declare"),
  E_EFFECT_TWICE: failure(
    "configuration",
    "Effect {name} is named twice in one attempt",
    "Give each effect of a step a name of its own.",
  ),
  E_CLASS: failure("configuration", "Cannot run {class}: no step of that name is registered here"),
  E_CONFIG: failure("configuration", "Config of {class} does not fit its schema: {problems}"),
  E_EMIT: failure("data_validation", "Cannot emit on port {port}: {what}"),
  E_MODULES_OFF: failure("configuration", "Cannot load {path}: classes and functions of modules are switched off"),
  E_MODULE_MISSING: failure("configuration", "Cannot load {path}: there is no such file"),
  E_MODULE_FOLDER: failure(
    "configuration",
    "Cannot load {path}: it lies outside the workflow's folder",
    "Move it into the folder, or allow its folder as a root.",
  ),
  E_MODULE_SYNTAX: failure("configuration", "Cannot load {path}:{line}:{column}: {what}"),
  E_MODULE: failure("configuration", "Cannot load {path}: {what}"),
  E_MODULE_EXPORT: failure("configuration", "Module {path} exports no step or function {export}"),
  E_OUTPUT_MISSING: failure("data_validation", "Result lacks the required port {port}"),
  E_OUTPUT_VALUE: failure("data_validation", "Result cannot be taken at {path}: {what}"),
  E_VALUE_SCHEMA: failure("data_validation", "Value for {target} does not fit its schema: {problems}"),
  E_CONDITION: failure("data_validation", "Condition {condition} failed: {what}"),
  E_GATE_CLOSED: failure("data_validation", "Gate {link} is closed and says fail: {reason}"),
  E_TWO_VALUES: failure(
    "configuration",
    "Port {port} got values over two links: {first} and {second}",
    "Set merge: first or merge: list on the port.",
  ),
  E_INPUT_ABSENT: failure("data_validation", "Input {port} is absent and when_absent is fail"),
  E_MAX_ACTIVATIONS: failure(
    "configuration",
    "Step {step} would start more often than {max} times",
    "A cycle may have no end: look at its condition, or raise max_activations of the step.",
  ),
  E_NOT_A_LIST: failure("data_validation", "Input {port} of for_each is {found}, a list is expected"),
  E_TOO_MANY_FAILED: failure("step", "{failed} of {count} items failed, max_failures is {allowed}"),
  E_LOOP_MAX: failure(
    "step",
    "Loop ended after {max} rounds and its condition never held: {until}",
    "Raise max, or take what the last round gives with on_max: accept.",
  ),
  E_CHILD_FAILED: failure("step", "Nested workflow {workflow} failed: {what}"),
  E_SECRET: failure(
    "configuration",
    "Secret {name} is not set",
    "Set it in the environment, in a file of the folder NANOBRAIN_SECRETS names, or in .env beside the document.",
  ),
  E_PATH_REFUSED: failure(
    "configuration",
    "Cannot use path {path}: {what}",
    "Paths are relative to the workflow's folder, use / and stay inside it or inside an allowed root.",
  ),
  E_WATCH: failure(
    "resource",
    "Cannot watch folder {folder}: {what}",
    "Raise the system's limit of watched folders, or let this user read the folder.",
  ),
  E_FILE_READ: failure("step", "Cannot read file {path}: {what}"),
  E_FILE_WRITE: failure("step", "Cannot write file {path}: {what}"),
  E_FILE_LIMIT: failure("data_validation", "File {path} is too large: it has more than {limitBytes} bytes"),
  E_FILE_MATCHES: failure("configuration", "Pattern {pattern} is too wide: {what}", "Narrow the pattern."),
  E_PROGRAM_MISSING: failure(
    "configuration",
    "Cannot find program {program}: {what}",
    "Install it, or give its path inside the workflow's folder.",
  ),
  E_PROGRAM_START: failure("step", "Cannot start program {program}: {what}"),
  E_PROGRAM_FAILED: failure("step", "Program {program} ended with exit code {exitCode}: {stderr}"),
  E_PROGRAM_SIGNAL: failure("step", "Program {program} was ended by signal {signal}: {stderr}"),
  E_PROGRAM_OUTPUT: failure(
    "data_validation",
    "Program {program} wrote more than {limitBytes} bytes to {stream}",
    "Raise max_output, or let it write a file named in files_out.",
  ),
  E_PROGRAM_FILES: failure("step", "Program {program} left no usable file {file}: {what}"),
  E_PROGRAM_ARGUMENT: failure("data_validation", "Cannot pass {what} to program {program}: {problem}"),
  E_HTTP_ADDRESS: failure(
    "configuration",
    "Cannot call {url}: {what}",
    "Name the host under allow_hosts if this workflow may reach it.",
  ),
  E_RECORDING: failure(
    "configuration",
    "Cannot answer {request}: it is not recorded in {folder}; {what}",
    'Record it once, where the service can be reached: run with --record-http DIR, or in tests recordHttp(folder, { mode: "auto" }).',
  ),
  E_HTTP_REQUEST: failure("data_validation", "Cannot call {url}: {what}"),
  E_HTTP_NETWORK: failure("network", "Cannot call {url}: {what}"),
  E_HTTP_TIMEOUT: failure("timeout", "Cannot call {url}: {what} took longer than {timeoutMs} ms"),
  E_HTTP_STATUS: failure("step", "{method} {url} answered {status}: {body}"),
  E_HTTP_REDIRECT: failure("step", "Cannot follow the redirect of {url}: {what}"),
  E_HTTP_LIMIT: failure(
    "data_validation",
    "Answer of {url} is too large: it has more than {limitBytes} bytes",
    "Raise max_bytes.",
  ),
  E_HTTP_BODY: failure("data_validation", "Answer of {url} cannot be read: {what}"),
  E_MODEL_RATE: failure("network", "Model {model} takes no more calls now: {what}"),
  E_MODEL_DOWN: failure("network", "Model {model} cannot be reached: {what}"),
  E_MODEL_TIMEOUT: failure("timeout", "Model {model} is too slow: {what} took longer than {timeoutMs} ms"),
  E_MODEL_CUT: failure("network", "Answer of model {model} broke off: {what}"),
  E_MODEL_MALFORMED: failure("network", "Answer of model {model} cannot be used: {what}"),
  E_MODEL_CONTEXT: failure(
    "data_validation",
    "Too much text for model {model}: {what}",
    "Give it less, or name a model that takes more.",
  ),
  E_MODEL_REFUSED: failure("step", "Model {model} refused: {what}"),
  E_MODEL_QUOTA: failure(
    "configuration",
    "Nothing is left to pay model {model} with: {what}",
    "Add credit or raise the limit at the provider, then resume the run.",
  ),
  E_MODEL_KEY: failure("configuration", "Key for model {model} is not accepted: {what}"),
  E_MODEL_UNKNOWN: failure("configuration", "Cannot find model {model}: {what}"),
  E_MODEL_REQUEST: failure("configuration", "Model {model} does not take the request: {what}"),
  E_MODEL_SCRIPT: failure("configuration", "Script {file} has no answer: {what}"),
  E_AGENT_BUDGET: failure("configuration", "Agent {agent} has used up its budget: {what}"),
  E_RUN_BUDGET: failure("configuration", "Run of {workflow} stops at its budget: {what}"),
  E_AGENT_OUTPUT: failure(
    "data_validation",
    "No answer of agent {agent} can be taken, after {tries} tries of model {model}: {what}",
  ),
  E_AGENT_INPUT: failure("data_validation", "Too much for the agent to read: {what}"),
  E_AGENT_TOOL: failure("configuration", "Tool {tool} cannot be used: {what}"),
  E_MCP_CONNECT: failure("network", "Cannot begin with MCP server {server}: {what}"),
  E_MCP_LOST: failure("network", "MCP server {server} is gone: {what}"),
  E_MCP_TIMEOUT: failure("timeout", "MCP server {server} is too slow: {what} took longer than {timeoutMs} ms"),
  E_MCP_TOOL: failure("step", "Tool {tool} of MCP server {server} failed: {what}"),
  E_MCP_SIZE: failure("data_validation", "MCP server {server} says too much: {what} is larger than {limitBytes} bytes"),
  E_SEARCH_QUERY: failure("data_validation", "Cannot search for literature: {problem}"),
  E_SEARCH_RATE: failure("network", "{service} takes no more requests now: {what}"),
  E_SEARCH_ANSWER: failure("network", "Cannot read the answer of {service}: {what}"),
  E_SEARCH_BUDGET: failure("configuration", "{what}"),
  E_SEARCH_FAILED: failure("network", "No engine found literature: {reasons}"),
  E_COLLECT_SOURCES: failure("data_validation", "Cannot read input_sources: {problem}"),
  E_COLLECT_REFUSED: failure("configuration", "May not fetch {url}: {what}"),
  E_COLLECT_ANSWER: failure("data_validation", "Cannot use the answer of {url}: {what}"),
  E_COLLECT_QUERY: failure("configuration", "Cannot query database {database}: {what}"),
  E_COLLECT_DATABASE: failure("network", "Cannot reach database {database}: {what}"),
  E_COLLECT_FAILED: failure("network", "No data was collected: {reasons}"),
  E_COLLECT_INVALID: failure("data_validation", "{invalid} of {records} records do not fit the schema: {first}"),
  E_CLEAN_RULES: failure("configuration", "Cannot use cleaning rules of {file}: {problems}"),
  E_CLEAN_INPUT: failure("data_validation", "Cannot clean: {problem}"),
  E_SCHEMA: failure("configuration", "Schema cannot be used: {problems}"),
  E_TRANSFORM: failure("data_validation", "Expression failed: {what}"),
  E_TRANSFORM_LIMIT: failure(
    "data_validation",
    "Expression was ended: {what}",
    "Reshape less at once, or write a function.",
  ),
  E_REPORT_CHART: failure(
    "data_validation",
    "Cannot draw chart {chart}: {what}",
    "Mend its fields under charts, or leave charts out: then they are chosen from the input.",
  ),
  E_REPORT_BIBTEX: failure("configuration", "Cannot read references of {file}: {what} (line {line})"),
  E_TEMPLATE: failure("data_validation", "Template failed: {what}"),
  E_TEMPLATE_LIMIT: failure("data_validation", "Template was ended: {what}"),
  E_PLACEHOLDER: failure("data_validation", "Cannot fill in {reference} of {key}: {what}"),
  E_MOMENT: failure("data_validation", "Cannot wait by {key}: {quoted} cannot be used: {what}"),
  E_PARSE: failure("data_validation", "Cannot read {what} as {format}: {problem}"),
  E_FORMAT: failure("data_validation", "Cannot write as {format}: {problem}"),
  E_FUNCTION: failure("configuration", "Function {name} is not there: {what}"),
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof catalogue;

export function describe(code: ErrorCode): CatalogueEntry {
  return catalogue[code];
}
