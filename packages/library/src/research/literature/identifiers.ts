/** `https://doi.org/10.1038/S41586-021-03819-2` -> `10.1038/s41586-021-03819-2`. Undefined: no DOI. */
export function doiOf(text: string | undefined): string | undefined {
  const bare = (text ?? "")
    .trim()
    .replace(/^(https?:\/\/(dx\.)?doi\.org\/|doi:\s*)/i, "")
    .replace(/[\s.]+$/, "")
    .toLowerCase();
  return /^10\.\d{4,9}\/\S+$/.test(bare) ? bare : undefined;
}

/** The digits of a PubMed id or address. */
export function pmidOf(text: string | undefined): string | undefined {
  return /^(?:https?:\/\/\S*\/|pmid:\s*)?0*(\d{1,9})\/?$/i.exec((text ?? "").trim())?.[1];
}

/** `PMC8371605`, from an id, number or address. */
export function pmcidOf(text: string | undefined): string | undefined {
  const digits = /^(?:https?:\/\/\S*\/)?(?:PMC)?(\d{1,9})(?:\.\d+)?\/?$/i.exec((text ?? "").trim())?.[1];
  return digits === undefined ? undefined : `PMC${digits}`;
}

/** `2007.06225` or `q-bio/0309012`, from an id, an address or arXiv's own DOI; without its version. */
export function arxivIdOf(text: string | undefined): string | undefined {
  const bare = (text ?? "")
    .trim()
    .replace(/^https?:\/\/(?:export\.|www\.)?arxiv\.org\/(?:abs|pdf|html)\//i, "")
    .replace(/^(?:https?:\/\/(?:dx\.)?doi\.org\/)?10\.48550\/arxiv\./i, "")
    .replace(/^arxiv:\s*/i, "")
    .replace(/\.pdf$/i, "");
  const id = /^(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?\/\d{7})(?:v\d+)?$/i.exec(bare)?.[1];
  return id?.toLowerCase();
}

/** Whether the address may be given on: http or https. */
export function isWebAddress(text: string | undefined): text is string {
  return /^https?:\/\/[^\s/]+/i.test(text ?? "") && URL.canParse(text ?? "");
}
