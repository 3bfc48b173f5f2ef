/**
 * What loading may cost at most, whatever the file. Each bound is named in the E_LIMIT that reports it.
 * Nodes are values (maps, lists, scalars), not keys, counted as if every alias were written out.
 */
export const budgets = {
  fileBytes: 1024 * 1024,
  /** All files of one load together. */
  totalBytes: 8 * 1024 * 1024,
  files: 1000,
  /** Nested maps and lists. */
  depth: 64,
  aliases: 100,
  nodes: 50_000,
  lines: 100_000,
  /** Lexical tokens of a file: words, punctuation, runs of blanks, line ends, comments. */
  tokens: 250_000,
  /** Of a workflow and all workflows nested in it. */
  steps: 10_000,
  /** Workflows in workflows. */
  nesting: 32,
  /** Files that extend files, or configs that name configs. */
  inclusion: 32,
  /** Text put in for environment references, all together. */
  environmentCharacters: 1024 * 1024,
  environmentReferences: 10_000,
  diagnostics: 1000,
} as const;
