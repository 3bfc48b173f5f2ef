/** What a code of a document's diagnostic means, and how it is mended, for `explain CODE` and its page in the docs. */
export type DiagnosticEntry = { readonly title: string; readonly meaning: string; readonly mend: string };

const entry = (title: string, meaning: string, mend: string): DiagnosticEntry => ({ title, meaning, mend });

/** Codes of reading and shaping a document: what the text alone decides. */
const documentCodes = {
  E_SYNTAX: entry(
    "YAML cannot be parsed",
    "The file is not well-formed YAML 1.2: a bracket or quote is left open, the indentation does not fit, a colon or comma is missing. Nothing else of the file is checked until it parses, since every later message would be guesswork.",
    'Look at the marked character and the line before it. Quote texts that hold ": ", " #", or start with one of { [ & * ! | > @ % or a backquote. Inside { } and [ ] write "${NAME}" and "{{ port }}" in quotes.',
  ),
  E_ENCODING: entry(
    "Characters that are not what they seem",
    "The file is not UTF-8, or holds control characters or marks that reorder what is shown, or a key or id holds a character that cannot be seen or that only looks like another one. The message names it by its code point.",
    'Save the file as UTF-8. Type the named character anew; where a text really needs it, write it as an escape in double quotes, such as "\\u200D".',
  ),
  E_EMPTY: entry(
    "Nothing in the file",
    "The file has no content, or only comments and markers.",
    "Write a document: `nanobrain init` gives one to start from.",
  ),
  E_MULTI_DOC: entry(
    "More than one document",
    "A file holds one document. A line `---` after the first one starts another, which would be ignored silently.",
    "Put each document into a file of its own, or remove the `---`.",
  ),
  E_DUP_KEY: entry(
    "Key written twice",
    "A map holds the same key twice, so that one of the two values would be lost. The message gives the line of the first.",
    "Remove or rename one of the two.",
  ),
  E_DUP_NAME: entry(
    "Name used twice",
    "Steps and data units share one namespace, since links and expressions name both alike. Only an input and an output unit may share a name.",
    "Rename one of the two, and the links that name it.",
  ),
  E_ALIAS: entry(
    "Alias without an anchor",
    "An alias `*name` refers to an anchor `&name` that does not come before it, or to a value that contains the alias itself.",
    "Write the anchor `&name` before the first value that uses it; quote a text that starts with `*`.",
  ),
  E_LIMIT: entry(
    "Budget passed",
    "Documents are bounded, so that loading one is always quick: 1 MiB a file, 64 levels of nesting, 100 aliases, 50,000 values after aliases are written out, 10,000 steps with all nested workflows, 100,000 lines, 250,000 words and signs, 32 files or workflows inside each other, 1,000 files. The message names the bound that was hit.",
    "Split the document into nested workflows or config files, or pass large data in as an input.",
  ),
  E_TAG: entry(
    "YAML tag not supported",
    "Tags such as `!!python/object` or `!include` ask the parser to build something other than plain data. None is supported, not even `!!str`.",
    "Remove the tag. Quote a value to make it text; name another file with `config: path` or `extends: path`.",
  ),
  E_PROTO: entry(
    "Key with a meaning to JavaScript",
    "Keys named __proto__, constructor or prototype can change how programs see other values; they are never read.",
    "Rename the key.",
  ),
  E_NAME: entry(
    "Id not allowed",
    "Names of workflows, steps, units, links, triggers and ports start with a letter and go on with letters, digits, `_` and `-`, at most 128 characters ([A-Za-z][A-Za-z0-9_-]{0,127}).",
    "Rename it; a title for people belongs into `description`.",
  ),
  E_MISSING: entry(
    "Required key missing",
    "The map lacks a key that it needs; the line is that of the map's own key.",
    "Add the key.",
  ),
  E_UNKNOWN_KEY: entry(
    "Key not known",
    "The map holds a key that means nothing there. It is an error because a misspelt setting would otherwise be ignored.",
    "Mend the spelling. Settings of a step's class stand under `config`; notes of your own under `metadata` or a key that starts with `x-`.",
  ),
  E_TYPE: entry(
    "Wrong type",
    "The value is of another kind than the place needs, such as text where a list is expected.",
    "Write the expected kind of value. Durations are seconds or texts like 90s, 5m, 2h; sizes are bytes or texts like 512MB, 2GiB.",
  ),
  E_ENUM: entry(
    "Not one of the allowed words",
    "The place takes one of a few words, which the hint lists.",
    "Write one of them.",
  ),
  E_RANGE: entry(
    "Out of range",
    "The number, duration, size or length is below the least or above the most that is allowed, or a number cannot be kept exactly (integers beyond 9007199254740991, infinities, not-a-number).",
    "Write a value within the bounds that the message gives; quote long digit strings such as identifiers.",
  ),
  E_ENV: entry(
    "Environment reference wrong or unset",
    "`${NAME}` refers to an environment variable that is not set and has no default, or is malformed (names are capitals, digits and _), or stands where references are not replaced: keys, classes, names, conditions, expressions and functions.",
    "Set the variable, or give a default with `${NAME:-default}`. Write `$${` for a plain `${`. Let values reach a condition through a parameter unit or an input.",
  ),
  E_PATH: entry(
    "Path not allowed",
    "Paths are relative to the file that says them, with `/` between names, and never leave the workflow's folder: no absolute paths, drive letters, `~`, backslashes, addresses or ways out by `..` or links.",
    "Move or copy the file into the project folder and name it relatively.",
  ),
  E_FILE_MISSING: entry(
    "No such file",
    "A file that the document names does not exist. Paths are relative to the file that says them.",
    "Create the file or mend the path.",
  ),
  E_FILE_TYPE: entry(
    "Not a file of an allowed kind",
    "The path names a folder or a special file, or a kind of file that does not belong there: documents and configs are .yml, .yaml or .json, modules are .ts, .mts, .js or .mjs.",
    "Name a file of the right kind.",
  ),
  E_INCLUDE_CYCLE: entry(
    "Files contain each other",
    "By `extends` or `config`, a file leads back to itself. The message prints the way.",
    "Move what both need into a third file.",
  ),
  E_NEST_CYCLE: entry(
    "Workflows contain each other",
    "A workflow has itself as a step, directly or through others, and would never end. The message prints the way.",
    "Remove one of the references; use `repeat` or an event-driven cycle for iteration.",
  ),
} as const;

/** Codes of what packages check of their classes. */
const libraryCodes = {
  E_AGENT_EXFILTRATION: entry(
    "An agent could carry data outside",
    "One agent has a tool that reads private data and one that sends to others: a text that it reads could make it tell them.",
    "Give `access` of the tools if this is not so, take one away, or write `allow_exfiltration: true` if it is meant.",
  ),
  E_MODEL_NAME: entry(
    "Model not known by that name",
    "A model is named by its provider and its own name, as in `openai/gpt-5-mini` or `ollama/llama3.2`. The provider is none of those that are known, or needs the address of its service.",
    "Write `provider/model`. For any other service that speaks as OpenAI's does, add `base_url`.",
  ),
} as const;

/** Codes of checking a document against the registry: classes, ports, links and expressions. */
const planCodes = {
  E_EXPR_SYNTAX: entry(
    "Condition cannot be parsed",
    "The condition or expression is not well-formed.",
    "Look at the marked character. Texts inside a condition stand in quotes.",
  ),
  E_EXPR_FORBIDDEN: entry(
    "Condition reaches for something not allowed",
    "Conditions read the fields of the value and call listed functions; they cannot reach anything else.",
    "Use plain fields, comparison, and/or/not and the listed functions; put the rest into a named function of the module.",
  ),
  E_EXPR_NAME: entry(
    "Unknown name in a condition",
    "The condition names a field that the value's schema does not have.",
    "Mend the spelling, or add the field to the schema of the port.",
  ),
  E_EXPR_TYPE: entry(
    "Condition does not give true or false",
    "The condition gives another kind of value, or compares things that cannot be compared.",
    "Compare: `score > 0.7` instead of `score`.",
  ),
  E_EXPR_LIMIT: entry(
    "Condition too long, deep or costly",
    "Conditions have limits on length, nesting and cost, so that one can never hold up a run.",
    "Shorten it, or put it into a named function of the module.",
  ),
  E_CLASS_UNKNOWN: entry(
    "Class not registered",
    "No class of that name is registered. Names are looked up, never imported.",
    "Mend the spelling (`nanobrain docs` lists all), register the class, or name a module of your folder: ./steps/x.ts#Export.",
  ),
  E_CLASS_FORBIDDEN: entry(
    "Class looks like a module, path or address that is not allowed",
    "A class is a registered name or a path with #Export inside the workflow's own folder. Module classes may also be switched off.",
    "Name a registered class, or a module in the folder of the workflow.",
  ),
  E_CLASS_KIND: entry(
    "Class of the wrong kind",
    "The class exists, but is no step, link, trigger, unit or executor as this place needs.",
    "Use a class of the kind that belongs here.",
  ),
  E_REF: entry(
    "Nothing of that name",
    "A link, trigger, dependency or function names a step, unit or function that does not exist.",
    "Mend the spelling, or define what is named.",
  ),
  E_PORT: entry(
    "Port missing or never fed",
    "The step has no port of that name, or a required port has no link, default or value that could ever feed it.",
    "Mend the name of the port, link something to it, or give it a default.",
  ),
  E_PORT_TYPE: entry(
    "Port types differ",
    "What the source gives does not fit what the target takes, by type, items, required fields, properties or enum.",
    "Add a TransformLink, or correct one of the two schemas.",
  ),
  E_URL: entry(
    "Address not allowed",
    "The address is no http or https address, or points to a host that is not allowed.",
    "Use an allowed address, or add its host to allow_hosts.",
  ),
  E_SCHEDULE: entry(
    "Cron or time zone wrong",
    "The cron expression or the time zone cannot be read.",
    'Write five fields such as "0 * * * *" and a zone such as Europe/Berlin.',
  ),
  E_CONFLICT: entry(
    "Settings contradict each other",
    "Two settings cannot hold at once; the message names both.",
    "Remove one of the two.",
  ),
  E_CYCLE: entry(
    "A loop where none may be",
    "Steps depend on each other in a circle. Cycles belong to event_driven, through an `each` port or a triggered step.",
    "Remove one of the links printed, use `repeat`, or change the strategy.",
  ),
  E_DUP_LINK: entry("A link twice", "Two links connect the same source to the same target.", "Remove one of the two."),
  W_UNIT_UNDECLARED: entry(
    "Watched data unit is not declared",
    "A trigger watches a data unit that the document does not declare. It becomes an input of the workflow, required if nothing else could start the run.",
    "Declare it under input_data_units, or mend its name.",
  ),
  W_SECRET: entry(
    "A secret stands in the document",
    "A field for a secret holds it as it is, or a text has the shape of a key, a token or an address with a password. It is masked in the journal, logs, outputs and reports as other secrets are, but the plan, which the store keeps, holds it, as does whoever has the document. An environment variable `${NAME}` is filled in before, and so is the same.",
    "Write `${secret:NAME}` instead, and set NAME in the environment, in `.env` beside the document, or in a file of the folder that NANOBRAIN_SECRETS names. A key that others may have read is best replaced at its service.",
  ),
  W_CONFLICT: entry(
    "Settings that do not go together",
    "A setting has no effect beside another one.",
    "Remove the one that has no effect.",
  ),
} as const;

export const diagnosticCodes = { ...documentCodes, ...libraryCodes, ...planCodes } as const satisfies Record<
  string,
  DiagnosticEntry
>;

export type DiagnosticCode = keyof typeof diagnosticCodes;
export type DocumentCode = keyof typeof documentCodes;
