/** Of all steps together, in one process: a summary is to be read. */
const maxWarnings = 200;

/**
 * Whether a warning of a step is to be journaled: once for each text, and not without end. What an earlier process journaled is told
 * apart where the journal is read.
 */
export function newWarnings(): (message: string) => boolean {
  const known = new Set<string>();
  return (message) => known.size < maxWarnings && known.size < known.add(message).size;
}
